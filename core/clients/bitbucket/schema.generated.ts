// Made from schemas/bitbucket.openapi.yaml by `npm run generate`. Do not edit: change the schema.

export interface paths {
    "/internal/workspaces/{workspace}/pipelines-config/runners": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The slug, or the uuid in braces. */
                workspace: components["parameters"]["Workspace"];
            };
            cookie?: never;
        };
        /** One page of the runners; further pages through `next`. */
        get: {
            parameters: {
                query?: {
                    page?: components["parameters"]["Page"];
                    pagelen?: components["parameters"]["PageLength"];
                };
                header?: never;
                path: {
                    /** @description The slug, or the uuid in braces. */
                    workspace: components["parameters"]["Workspace"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page. Its `pagelen` may be the number of runners on it rather than the one asked for. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RunnerPage"];
                    };
                };
                default: components["responses"]["Error"];
            };
        };
        put?: never;
        /** Register a runner. Only this answer shows `oauth_client.secret`. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The slug, or the uuid in braces. */
                    workspace: components["parameters"]["Workspace"];
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewRunner"];
                };
            };
            responses: {
                /** @description The registration. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Runner"];
                    };
                };
                /** @description The registration. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Runner"];
                    };
                };
                /** @description Invalid properties, or the limit of runners is reached. Only the message tells which. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                default: components["responses"]["Error"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/internal/workspaces/{workspace}/pipelines-config/runners/{runner_uuid}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The slug, or the uuid in braces. */
                workspace: components["parameters"]["Workspace"];
                /** @description In braces. */
                runner_uuid: components["parameters"]["RunnerUuid"];
            };
            cookie?: never;
        };
        /** One runner. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The slug, or the uuid in braces. */
                    workspace: components["parameters"]["Workspace"];
                    /** @description In braces. */
                    runner_uuid: components["parameters"]["RunnerUuid"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The runner. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Runner"];
                    };
                };
                default: components["responses"]["Error"];
            };
        };
        put?: never;
        post?: never;
        /** Remove a registration. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The slug, or the uuid in braces. */
                    workspace: components["parameters"]["Workspace"];
                    /** @description In braces. */
                    runner_uuid: components["parameters"]["RunnerUuid"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Removed. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Error"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/internal/workspaces/{workspace}/pipelines-config/runners/{runner_uuid}/state": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The slug, or the uuid in braces. */
                workspace: components["parameters"]["Workspace"];
                /** @description In braces. */
                runner_uuid: components["parameters"]["RunnerUuid"];
            };
            cookie?: never;
        };
        get?: never;
        /** Keep new steps away from a runner, or let them come again. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The slug, or the uuid in braces. */
                    workspace: components["parameters"]["Workspace"];
                    /** @description In braces. */
                    runner_uuid: components["parameters"]["RunnerUuid"];
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["StateChange"];
                };
            };
            responses: {
                /** @description Done. What the body holds is not documented. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Error"];
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/internal/repositories/{workspace}/{repo_slug}/pipelines-config/runners": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The slug, or the uuid in braces. */
                workspace: components["parameters"]["Workspace"];
                /** @description The slug, or the uuid in braces. */
                repo_slug: components["parameters"]["Repository"];
            };
            cookie?: never;
        };
        /** One page of the runners; further pages through `next`. */
        get: {
            parameters: {
                query?: {
                    page?: components["parameters"]["Page"];
                    pagelen?: components["parameters"]["PageLength"];
                };
                header?: never;
                path: {
                    /** @description The slug, or the uuid in braces. */
                    workspace: components["parameters"]["Workspace"];
                    /** @description The slug, or the uuid in braces. */
                    repo_slug: components["parameters"]["Repository"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page. Its `pagelen` may be the number of runners on it rather than the one asked for. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RunnerPage"];
                    };
                };
                default: components["responses"]["Error"];
            };
        };
        put?: never;
        /** Register a runner. Only this answer shows `oauth_client.secret`. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The slug, or the uuid in braces. */
                    workspace: components["parameters"]["Workspace"];
                    /** @description The slug, or the uuid in braces. */
                    repo_slug: components["parameters"]["Repository"];
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewRunner"];
                };
            };
            responses: {
                /** @description The registration. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Runner"];
                    };
                };
                /** @description The registration. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Runner"];
                    };
                };
                /** @description Invalid properties, or the limit of runners is reached. Only the message tells which. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                default: components["responses"]["Error"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/internal/repositories/{workspace}/{repo_slug}/pipelines-config/runners/{runner_uuid}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The slug, or the uuid in braces. */
                workspace: components["parameters"]["Workspace"];
                /** @description The slug, or the uuid in braces. */
                repo_slug: components["parameters"]["Repository"];
                /** @description In braces. */
                runner_uuid: components["parameters"]["RunnerUuid"];
            };
            cookie?: never;
        };
        /** One runner. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The slug, or the uuid in braces. */
                    workspace: components["parameters"]["Workspace"];
                    /** @description The slug, or the uuid in braces. */
                    repo_slug: components["parameters"]["Repository"];
                    /** @description In braces. */
                    runner_uuid: components["parameters"]["RunnerUuid"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The runner. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Runner"];
                    };
                };
                default: components["responses"]["Error"];
            };
        };
        put?: never;
        post?: never;
        /** Remove a registration. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The slug, or the uuid in braces. */
                    workspace: components["parameters"]["Workspace"];
                    /** @description The slug, or the uuid in braces. */
                    repo_slug: components["parameters"]["Repository"];
                    /** @description In braces. */
                    runner_uuid: components["parameters"]["RunnerUuid"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Removed. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Error"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/internal/repositories/{workspace}/{repo_slug}/pipelines-config/runners/{runner_uuid}/state": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The slug, or the uuid in braces. */
                workspace: components["parameters"]["Workspace"];
                /** @description The slug, or the uuid in braces. */
                repo_slug: components["parameters"]["Repository"];
                /** @description In braces. */
                runner_uuid: components["parameters"]["RunnerUuid"];
            };
            cookie?: never;
        };
        get?: never;
        /** Keep new steps away from a runner, or let them come again. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The slug, or the uuid in braces. */
                    workspace: components["parameters"]["Workspace"];
                    /** @description The slug, or the uuid in braces. */
                    repo_slug: components["parameters"]["Repository"];
                    /** @description In braces. */
                    runner_uuid: components["parameters"]["RunnerUuid"];
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["StateChange"];
                };
            };
            responses: {
                /** @description Done. What the body holds is not documented. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Error"];
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/2.0/workspaces/{workspace}/pipelines-config/runners": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The slug, or the uuid in braces. */
                workspace: components["parameters"]["Workspace"];
            };
            cookie?: never;
        };
        /** One page of the runners; further pages through `next`. */
        get: {
            parameters: {
                query?: {
                    page?: components["parameters"]["Page"];
                    pagelen?: components["parameters"]["PageLength"];
                };
                header?: never;
                path: {
                    /** @description The slug, or the uuid in braces. */
                    workspace: components["parameters"]["Workspace"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page. Its `pagelen` may be the number of runners on it rather than the one asked for. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RunnerPage"];
                    };
                };
                default: components["responses"]["Error"];
            };
        };
        put?: never;
        /** Register a runner. Only this answer shows `oauth_client.secret`. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The slug, or the uuid in braces. */
                    workspace: components["parameters"]["Workspace"];
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewRunner"];
                };
            };
            responses: {
                /** @description The registration. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Runner"];
                    };
                };
                /** @description The registration. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Runner"];
                    };
                };
                /** @description Invalid properties, or the limit of runners is reached. Only the message tells which. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                default: components["responses"]["Error"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/2.0/workspaces/{workspace}/pipelines-config/runners/{runner_uuid}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The slug, or the uuid in braces. */
                workspace: components["parameters"]["Workspace"];
                /** @description In braces. */
                runner_uuid: components["parameters"]["RunnerUuid"];
            };
            cookie?: never;
        };
        /** One runner. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The slug, or the uuid in braces. */
                    workspace: components["parameters"]["Workspace"];
                    /** @description In braces. */
                    runner_uuid: components["parameters"]["RunnerUuid"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The runner. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Runner"];
                    };
                };
                default: components["responses"]["Error"];
            };
        };
        /** Change a runner. The vendor publishes no body; `disabled` is a guess that the answer must confirm. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The slug, or the uuid in braces. */
                    workspace: components["parameters"]["Workspace"];
                    /** @description In braces. */
                    runner_uuid: components["parameters"]["RunnerUuid"];
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RunnerUpdate"];
                };
            };
            responses: {
                /** @description The runner as it is now. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Runner"];
                    };
                };
                default: components["responses"]["Error"];
            };
        };
        post?: never;
        /** Remove a registration. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The slug, or the uuid in braces. */
                    workspace: components["parameters"]["Workspace"];
                    /** @description In braces. */
                    runner_uuid: components["parameters"]["RunnerUuid"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Removed. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Error"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/2.0/repositories/{workspace}/{repo_slug}/pipelines-config/runners": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The slug, or the uuid in braces. */
                workspace: components["parameters"]["Workspace"];
                /** @description The slug, or the uuid in braces. */
                repo_slug: components["parameters"]["Repository"];
            };
            cookie?: never;
        };
        /** One page of the runners; further pages through `next`. */
        get: {
            parameters: {
                query?: {
                    page?: components["parameters"]["Page"];
                    pagelen?: components["parameters"]["PageLength"];
                };
                header?: never;
                path: {
                    /** @description The slug, or the uuid in braces. */
                    workspace: components["parameters"]["Workspace"];
                    /** @description The slug, or the uuid in braces. */
                    repo_slug: components["parameters"]["Repository"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page. Its `pagelen` may be the number of runners on it rather than the one asked for. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RunnerPage"];
                    };
                };
                default: components["responses"]["Error"];
            };
        };
        put?: never;
        /** Register a runner. Only this answer shows `oauth_client.secret`. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The slug, or the uuid in braces. */
                    workspace: components["parameters"]["Workspace"];
                    /** @description The slug, or the uuid in braces. */
                    repo_slug: components["parameters"]["Repository"];
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewRunner"];
                };
            };
            responses: {
                /** @description The registration. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Runner"];
                    };
                };
                /** @description The registration. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Runner"];
                    };
                };
                /** @description Invalid properties, or the limit of runners is reached. Only the message tells which. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Error"];
                    };
                };
                default: components["responses"]["Error"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/2.0/repositories/{workspace}/{repo_slug}/pipelines-config/runners/{runner_uuid}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The slug, or the uuid in braces. */
                workspace: components["parameters"]["Workspace"];
                /** @description The slug, or the uuid in braces. */
                repo_slug: components["parameters"]["Repository"];
                /** @description In braces. */
                runner_uuid: components["parameters"]["RunnerUuid"];
            };
            cookie?: never;
        };
        /** One runner. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The slug, or the uuid in braces. */
                    workspace: components["parameters"]["Workspace"];
                    /** @description The slug, or the uuid in braces. */
                    repo_slug: components["parameters"]["Repository"];
                    /** @description In braces. */
                    runner_uuid: components["parameters"]["RunnerUuid"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The runner. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Runner"];
                    };
                };
                default: components["responses"]["Error"];
            };
        };
        /** Change a runner. The vendor publishes no body; `disabled` is a guess that the answer must confirm. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The slug, or the uuid in braces. */
                    workspace: components["parameters"]["Workspace"];
                    /** @description The slug, or the uuid in braces. */
                    repo_slug: components["parameters"]["Repository"];
                    /** @description In braces. */
                    runner_uuid: components["parameters"]["RunnerUuid"];
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RunnerUpdate"];
                };
            };
            responses: {
                /** @description The runner as it is now. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Runner"];
                    };
                };
                default: components["responses"]["Error"];
            };
        };
        post?: never;
        /** Remove a registration. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The slug, or the uuid in braces. */
                    workspace: components["parameters"]["Workspace"];
                    /** @description The slug, or the uuid in braces. */
                    repo_slug: components["parameters"]["Repository"];
                    /** @description In braces. */
                    runner_uuid: components["parameters"]["RunnerUuid"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Removed. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                default: components["responses"]["Error"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/2.0/workspaces/{workspace}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The slug, or the uuid in braces. */
                workspace: components["parameters"]["Workspace"];
            };
            cookie?: never;
        };
        /** Which uuid a slug stands for. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The slug, or the uuid in braces. */
                    workspace: components["parameters"]["Workspace"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The workspace or repository. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Identity"];
                    };
                };
                default: components["responses"]["Error"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/2.0/repositories/{workspace}/{repo_slug}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The slug, or the uuid in braces. */
                workspace: components["parameters"]["Workspace"];
                /** @description The slug, or the uuid in braces. */
                repo_slug: components["parameters"]["Repository"];
            };
            cookie?: never;
        };
        /** Which uuid a slug stands for. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The slug, or the uuid in braces. */
                    workspace: components["parameters"]["Workspace"];
                    /** @description The slug, or the uuid in braces. */
                    repo_slug: components["parameters"]["Repository"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The workspace or repository. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Identity"];
                    };
                };
                default: components["responses"]["Error"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Runner: {
            /** @description In braces. */
            uuid: string;
            /** @description Not unique. */
            name: string;
            labels: string[];
            state: components["schemas"]["RunnerState"];
            /**
             * Format: date-time
             * @description With nanoseconds.
             */
            created_on: string;
            /** Format: date-time */
            updated_on?: string;
            oauth_client?: components["schemas"]["OauthClient"];
        };
        RunnerState: {
            /** @enum {string} */
            status: "UNREGISTERED" | "ONLINE" | "OFFLINE" | "DISABLED" | "ENABLED" | "UNHEALTHY";
            /** Format: date-time */
            updated_on?: string;
            cordoned?: boolean;
            version?: {
                version?: string;
                current?: string;
            };
            /** @description The step that runs on it. Seen on the internal flavour; undocumented. */
            step?: Record<string, never> | null;
        };
        OauthClient: {
            id: string;
            /** @description Only in the answer to the registration. */
            secret?: string;
            token_endpoint?: string;
            audience?: string;
        };
        RunnerPage: {
            values: components["schemas"]["Runner"][];
            page?: number;
            pagelen?: number;
            /** @description How many there are on all pages. */
            size?: number;
            /** Format: uri */
            next?: string;
            /** Format: uri */
            previous?: string;
        };
        NewRunner: {
            name: string;
            labels: string[];
        };
        RunnerUpdate: {
            disabled: boolean;
            name: string;
            labels: string[];
        };
        StateChange: {
            /** @enum {string} */
            status: "DISABLED" | "ENABLED";
        };
        Identity: {
            /** @description In braces. */
            uuid: string;
            slug?: string;
        };
        Error: {
            /** @constant */
            type: "error";
            error: {
                message: string;
                detail?: string;
            };
        };
    };
    responses: {
        /** @description Bitbucket's own error. */
        Error: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
    };
    parameters: {
        /** @description The slug, or the uuid in braces. */
        Workspace: string;
        /** @description The slug, or the uuid in braces. */
        Repository: string;
        /** @description In braces. */
        RunnerUuid: string;
        Page: number;
        PageLength: number;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
