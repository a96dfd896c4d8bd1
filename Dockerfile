ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json spec.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm run build

FROM ${NODE_IMAGE}
RUN groupmod --new-name airbyte node && usermod --login airbyte --home /home/airbyte --move-home node
WORKDIR /airbyte/integration_code
# dist/ is bundled with the production dependencies it uses: no node_modules.
COPY package.json spec.json LICENSE ./
COPY --from=build /build/dist ./dist
ENV NODE_ENV=production \
    NODE_NO_WARNINGS=1 \
    AIRBYTE_ENTRYPOINT="/usr/local/bin/node /airbyte/integration_code/dist/main.js"
USER airbyte
ENTRYPOINT ["/usr/local/bin/node", "/airbyte/integration_code/dist/main.js"]
LABEL io.airbyte.name="airbyte/source-rest-api" \
      io.airbyte.version="0.1.0"
