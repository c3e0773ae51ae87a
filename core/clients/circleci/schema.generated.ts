// Made from schemas/circleci.openapi.yaml by `npm run generate`. Do not edit: change the schema.

export interface paths {
    "/runner/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many tasks of a resource class no runner has taken. */
        get: {
            parameters: {
                query: {
                    /** @description Such as `acme/linux-large`. */
                    "resource-class": components["parameters"]["ResourceClass"];
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The number. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UnclaimedTasks"];
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
    "/runner/tasks/running": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many tasks of a resource class are running. */
        get: {
            parameters: {
                query: {
                    /** @description Such as `acme/linux-large`. */
                    "resource-class": components["parameters"]["ResourceClass"];
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The number. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RunningTasks"];
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
    "/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many tasks of a resource class no runner has taken. */
        get: {
            parameters: {
                query: {
                    /** @description Such as `acme/linux-large`. */
                    "resource-class": components["parameters"]["ResourceClass"];
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The number. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UnclaimedTasks"];
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
    "/tasks/running": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many tasks of a resource class are running. */
        get: {
            parameters: {
                query: {
                    /** @description Such as `acme/linux-large`. */
                    "resource-class": components["parameters"]["ResourceClass"];
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The number. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RunningTasks"];
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
    "/runner": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The runners of a namespace. Those that are gone stay listed for a long time. */
        get: {
            parameters: {
                query: {
                    namespace: components["parameters"]["Namespace"];
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All of them; there are no pages. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Runners"];
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
    "/runner/resource": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The resource classes of a namespace. Not in the documentation, but what CircleCI's command line calls. */
        get: {
            parameters: {
                query: {
                    namespace: components["parameters"]["Namespace"];
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All of them; there are no pages. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ResourceClasses"];
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
        UnclaimedTasks: {
            unclaimed_task_count: number;
        };
        RunningTasks: {
            running_runner_tasks: number;
        };
        Runners: {
            items: {
                resource_class: string;
                hostname?: string;
                name: string;
                /** Format: date-time */
                first_connected?: string;
                /** Format: date-time */
                last_connected: string;
                /** Format: date-time */
                last_used?: string;
                version?: string;
            }[];
        };
        ResourceClasses: {
            items: {
                id?: string;
                resource_class: string;
                description?: string;
            }[];
        };
        Error: {
            message?: string;
        };
    };
    responses: {
        /** @description A refusal with a sentence. */
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
        /** @description Such as `acme/linux-large`. */
        ResourceClass: string;
        Namespace: string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
