using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MicroCreds.Ledger.Gateway.Description;

/// <summary>Puts the endpoints' examples and the way to log in into the OpenAPI document.</summary>
public sealed class ExampleTransformer : IOpenApiOperationTransformer, IOpenApiDocumentTransformer
{
    private const string Scheme = "apiKey";

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
}
