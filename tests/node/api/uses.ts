// A program of somebody who integrates the gateway: what it touches has a type.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

const client = createClient<paths>({ baseUrl: "https://gateway.aurora.example" });

export async function issue(name: string): Promise<string> {
  const { data, error } = await client.POST("/v1/credentials", {
    headers: { Accept: "application/vc" },
    body: { achievement: "data-literacy", recipient: { name, email: "aino@student.aurora.example" } },
  });
  if (error) {
    const first: string | undefined = error.errors?.[0]?.pointer;
    const kind: components["schemas"]["ProblemDetails"]["type"] = error.type;
    throw new Error(kind === "urn:microcreds:problem:possible-duplicate" ? "ask" : `${error.detail} ${first}`);
  }
  return JSON.stringify(data);
}

export async function revokedAwards(): Promise<readonly string[]> {
  const { data } = await client.GET("/v1/credentials", { params: { query: { state: "revoked", pageSize: 20 } } });
  return data?.items.filter((one) => one.state === "revoked").map((one) => one.id) ?? [];
}

export async function verdictOf(credential: components["schemas"]["VerifiableCredential"]): Promise<string> {
  const issuer: string | undefined = credential.issuer?.id;
  const { data } = await client.POST("/v1/verifications", { body: credential });
  return data ? `${data.verdict} ${issuer}` : "not asked";
}

export async function batch(rows: components["schemas"]["CredentialRequest"][]): Promise<string | undefined> {
  const { data } = await client.POST("/v1/batches", {
    params: { query: { dryRun: true }, header: { "Idempotency-Key": "one" } }, body: rows,
  });
  return data && "state" in data ? data.state : undefined;
}

export async function pathways(): Promise<number> {
  const { data } = await client.GET("/v1/pathways", { params: { query: { mspId: "AuroraMSP" } } });
  return data?.items.reduce((sum, one) => sum + one.credits, 0) ?? 0;
}
