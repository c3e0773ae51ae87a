# The image of both programs: one bundled file on Node.js, run as nobody. It holds no configuration and no credentials.
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# Without install scripts: the npm package `node` would bring a second Node.js.
RUN npm ci --ignore-scripts
COPY . .
RUN npx esbuild cli/main.ts --bundle --platform=node --format=esm --target=node24 \
      --external:chokidar \
      --banner:js="import { createRequire as bundledRequire } from 'node:module'; const require = bundledRequire(import.meta.url);" \
      --sourcemap --outfile=/app/runner-autoscaler.mjs \
 && printf '#!/bin/sh\nexec node --enable-source-maps /app/runner-autoscaler.mjs "$@"\n' > /app/runner-autoscaler \
 && chmod 755 /app/runner-autoscaler

FROM ${NODE_IMAGE}
COPY --from=build /app /app
ENV NODE_ENV=production PATH=/app:$PATH
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["runner-autoscaler"]
