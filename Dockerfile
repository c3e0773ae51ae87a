# The image of both programs: their bundle on Node.js, run as nobody. It holds no configuration and no credentials.
# For amd64 and arm64 alike: the bundle is the same everywhere, so it is made once, on the machine that builds.
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim

FROM --platform=${BUILDPLATFORM:-linux/amd64} ${NODE_IMAGE} AS build
# Its name is the name in the bill of materials.
WORKDIR /runner-autoscaler
COPY package.json package-lock.json .npmrc ./
# Without install scripts: the npm package `node` would bring a second Node.js. Behind a proxy that signs its own
# certificates, hand its authority in: --secret id=ca,src=/etc/ssl/certs/ca-certificates.crt
RUN --mount=type=secret,id=ca \
    if [ -f /run/secrets/ca ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/ca; fi; \
    npm ci --ignore-scripts
COPY . .
RUN node build.ts /app && cp kustomize/base/job.yaml.template /app/
# The bill of materials. `--omit dev` would leave out, too, what both the program and a development tool use, so the tools go first.
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund && npm pkg delete devDependencies && \
    npm sbom --sbom-format cyclonedx --sbom-type application > /app/sbom.cdx.json

FROM ${NODE_IMAGE}
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="runner-autoscaler" \
      org.opencontainers.image.description="Keeps the right number of self-hosted CI runners" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /app /app
ENV NODE_ENV=production PATH=/app:$PATH
USER 65532:65532
EXPOSE 8080 8081
ENTRYPOINT ["runner-autoscaler"]
