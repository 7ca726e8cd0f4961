import createClient, { type Middleware } from "openapi-fetch";
import type { paths } from "./schema";

/** What the server says when it refuses: `{"code", "message"}`, with the HTTP status beside it. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** The CSRF token that Django put into its cookie; empty before the first answer. */
export function csrfToken(cookies: string = document.cookie): string {
  return /(?:^|;\s*)csrftoken=([^;]+)/.exec(cookies)?.[1] ?? "";
}

const pageHeaders: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET") request.headers.set("X-CSRFToken", csrfToken());
    // The server words its own texts (state labels, messages) in the language of the page.
    request.headers.set("Accept-Language", document.documentElement.lang);
    return request;
  },
};

export const api = createClient<paths>({ baseUrl: globalThis.location?.origin ?? "", credentials: "same-origin" });
api.use(pageHeaders);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an answer, or an `ApiError` thrown: for query functions, which report errors by throwing. */
export async function dataOf<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (data !== undefined && response.ok) return data;
  const problem = (error ?? {}) as { code?: string; message?: string };
  throw new ApiError(response.status, problem.code ?? `http_${response.status}`, problem.message ?? response.statusText);
}
