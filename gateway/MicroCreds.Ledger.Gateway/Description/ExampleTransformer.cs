using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Configuration;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MicroCreds.Ledger.Gateway.Description;

/// <summary>Puts the endpoints' examples and the way to log in into the OpenAPI document.</summary>
public sealed class ExampleTransformer : IOpenApiOperationTransformer, IOpenApiDocumentTransformer
{
    private const string Scheme = "apiKey";

    private static readonly Dictionary<string, string> Tags = new()
    {
        ["Institutions"] = "The members, their keys and their DID documents.",
        ["Achievements"] = "What can be achieved, in versions, and when it is offered.",
        ["Achievement drafts"] = "Achievements that are written and not yet published.",
        ["Goals"] = "What leads to a goal that is said in one's own words.",
        ["Pathways"] = "What stacks into what: evaluating, planning, milestones, awards.",
        ["Award applications"] = "Awards that learners ask for, and that somebody decides on.",
        ["Consortium"] = "Who the members are, and what they vote on.",
        ["Recognition"] = "Who recognizes what, by which agreement.",
        ["Statistics"] = "Counts that tell nothing of a person.",
        ["Credentials"] = "Issuing, finding and reading credentials.",
        ["Status"] = "Suspending, reinstating and revoking, and the lists that say so.",
        ["Verification"] = "Whether a credential stands, check by check.",
        ["Log"] = "All that counts on the ledger in one signed list that only grows.",
        ["Events"] = "What happens on the ledger, as it happens.",
        ["API keys"] = "Who may do what as a program.",
        ["Operations"] = "Whether the gateway is well.",
        ["Accreditation"] = "Who may award what, by whose word.",
        ["Agreements"] = "What institutions recognize of each other.",
        ["Learners"] = "Links and mails by which learners get what is theirs.",
        ["Batches"] = "Many credentials in one transaction.",
        ["Issuing requests"] = "What waits for another person's approval or for its day.",
        ["Webhooks"] = "Who is told what happens.",
        ["Audit"] = "Who did what.",
        ["Practice"] = "Practising in simulated environments.",
        ["Wallets"] = "Offering credentials to wallets, and asking wallets for them.",
    };

    public Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        foreach (var example in metadata.OfType<RequestExample>())
        {
            if (operation.RequestBody?.Content?.TryGetValue(example.MediaType, out var content) == true)
                content.Example = example.Body.DeepClone();
        }

        if (metadata.OfType<Microsoft.AspNetCore.Authorization.IAuthorizeData>().FirstOrDefault() is { } authorization)
        {
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] }];
            operation.Description = $"{operation.Description} Needs the role {authorization.Policy}.".Trim();
        }
        else
            operation.Security = [];

        return Task.CompletedTask;
    }

    public Task TransformAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "MicroCreds.Ledger gateway",
            Version = "v1",
            Description = "Issue, revoke and verify micro-credentials that are anchored on a ledger shared by their "
                + "issuers. Verifying and the public registry need no login. Every error is a problem (RFC 9457).",
        };
        foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>()) tag.Description ??= Tags[tag.Name!];
        foreach (var server in document.Servers ?? [])
            server.Url = AddressOf(server.Url, context.ApplicationServices)?.TrimEnd('/');
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API key; a registrar makes them at POST /v1/api-keys.",
            },
        };
        return Task.CompletedTask;
    }

    // The framework takes it from the request's Host, which anybody can write; on the gateway's own machine that is
    // where /reference tries calls.
    private static string? AddressOf(string? asked, IServiceProvider services) =>
        services.GetRequiredService<GatewayServiceOptions>().PublicUrl is { } url
        && (asked is null || !SignIn.IsLoopback(asked)) ? url : asked;
}
