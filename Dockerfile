# The image of both programs: one bundled file on Node.js, run as nobody. It holds no configuration and no credentials.
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# Without install scripts: the npm package `node` would bring a second Node.js.
RUN npm ci --ignore-scripts
COPY . .
RUN node build.ts /app/runner-autoscaler.mjs \
 && cp kustomize/base/job.yaml.template /app/ \
 && printf '#!/bin/sh\nexec node /app/runner-autoscaler.mjs "$@"\n' > /app/runner-autoscaler \
 && chmod 755 /app/runner-autoscaler

FROM ${NODE_IMAGE}
COPY --from=build /app /app
ENV NODE_ENV=production PATH=/app:$PATH
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["runner-autoscaler"]
