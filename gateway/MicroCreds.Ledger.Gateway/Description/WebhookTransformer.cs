using MicroCreds.Ledger.Gateway.Webhooks;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MicroCreds.Ledger.Gateway.Description;

/// <summary>Puts what webhooks are told into the OpenAPI document, type by type.</summary>
public sealed class WebhookTransformer : IOpenApiDocumentTransformer
{
    private const string Json = "application/json";
    private const string Tag = "Webhooks";

    private static readonly (string Type, Type Payload, string Summary)[] Told =
    [
        (WebhookTypes.CredentialIssued, typeof(WebhookPayload<ToldIssuance>),
            "A credential of this institution, issued alone, is on the ledger"),
        (WebhookTypes.CredentialStatusChanged, typeof(WebhookPayload<ToldStatus>),
            "A credential of this institution was suspended, reinstated or revoked"),
        (WebhookTypes.BatchDone, typeof(WebhookPayload<ToldBatch>),
            "A batch of this institution is on the ledger, or was refused for good"),
        (WebhookTypes.AgreementOffered, typeof(WebhookPayload<ToldAgreement>),
            "An agreement that names this institution, or an amendment, was offered"),
        (WebhookTypes.AgreementAccepted, typeof(WebhookPayload<ToldAgreement>), "A party accepted such an agreement"),
        (WebhookTypes.AgreementNoticeGiven, typeof(WebhookPayload<ToldAgreement>),
            "A party gave notice, or turned down what was offered"),
        (WebhookTypes.BallotProposed, typeof(WebhookPayload<ToldBallot>), "A ballot was proposed"),
        (WebhookTypes.BallotVoted, typeof(WebhookPayload<ToldBallot>), "A member voted, and the ballot is open still"),
        (WebhookTypes.BallotDecided, typeof(WebhookPayload<ToldBallot>), "A vote decided a ballot"),
        (WebhookTypes.Test, typeof(WebhookPayload<ToldTest>), "Somebody tries whether the webhook is told"),
    ];

    private static readonly (string Name, string Description)[] Headers =
    [
        ("webhook-id", "The message's identifier, the same each time it is sent: what came before is told by it."),
        ("webhook-timestamp", "When it was sent, in seconds since 1970: what is minutes old is somebody else's copy."),
        ("webhook-signature",
            "HMAC-SHA256 of `id.timestamp.body` as `v1,` and base64; two, with a space, while a secret changes."),
    ];

    public async Task TransformAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Webhooks ??= new Dictionary<string, IOpenApiPathItem>();
        foreach (var (type, payload, summary) in Told)
        {
            var schema = await context.GetOrCreateSchemaAsync(payload, null, cancellationToken);
            document.Webhooks[type] = new OpenApiPathItem
            {
                Operations = new() { [HttpMethod.Post] = OperationOf(document, type, summary, schema) },
            };
        }
    }

    private static OpenApiOperation OperationOf(
        OpenApiDocument document, string type, string summary, OpenApiSchema payload) => new()
        {
            OperationId = OperationNames.Of("POST", $"told/{type}"),
            Security = [],
            Summary = summary,
            Description = "Signed by the Standard Webhooks specification.",
            Tags = new HashSet<OpenApiTagReference> { new(Tag, document) },
            Parameters = [.. Headers.Select(header => new OpenApiParameter
        {
            Name = header.Name,
            In = ParameterLocation.Header,
            Required = true,
            Description = header.Description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        })],
            RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType> { [Json] = new() { Schema = payload } },
            },
            Responses = new OpenApiResponses
            {
                ["2XX"] = new OpenApiResponse { Description = "Taken." },
                ["410"] = new OpenApiResponse { Description = "Wanted no more: the webhook is disabled." },
                ["default"] = new OpenApiResponse { Description = "Not taken: it is sent again." },
            },
        };
}
