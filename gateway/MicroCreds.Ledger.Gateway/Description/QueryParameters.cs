using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MicroCreds.Ledger.Gateway.Description;

/// <summary>
/// Describes what addresses take in their query and headers. Each parameter of a name means the same wherever it is
/// taken, and is described once, here.
/// </summary>
public sealed class QueryParameters : IOpenApiOperationTransformer
{
    /// <summary>What the parameters mean.</summary>
    private static readonly Dictionary<string, (string Description, OpenApiSchema Schema)> All = new()
    {
        ["pageSize"] = ("How many items a page has.", new OpenApiSchema
        {
            Type = JsonSchemaType.Integer,
            Minimum = "1",
            Maximum = $"{Limits.MaxPageSize}",
            Default = JsonValue.Create(PageRequest.DefaultSize),
        }),
        ["after"] = ("What `next` of the page before said. Default is the first page.", Text()),
        [DryRun.Parameter] = (
            "`true` does nothing, and says what would be done.", new OpenApiSchema { Type = JsonSchemaType.Boolean }),
        ["issueAt"] = ("When it is issued: a day and hour, such as `2026-07-01T09:00`. Default is now.", Text()),
        ["timeZone"] = ("In which time zone that is, by IANA. Default is the institution's own.", Text()),
        ["mspId"] = ("One institution, by its MSP. Default is all.", Text()),
        ["institution"] = ("One institution, by its MSP. Default is the gateway's own.", Text()),
        ["accreditor"] = ("Who accredits, by its MSP. Default is anybody.", Text()),
        ["party"] = ("A party of the agreement, by its MSP. Default is any.", Text()),
        ["partner"] = ("Another party of it. Default is any.", Text()),
        ["state"] = ("One state of those that the items have; without it, what the description says.", Text()),
        ["type"] = ("One type of those that the items have. Default is all.", Text()),
        ["waiting"] = (
            "`true` for what waits for this institution's word.", new OpenApiSchema { Type = JsonSchemaType.Boolean }),
        ["name"] = ("The learner's name: words in any order; small slips are forgiven.", Text()),
        ["email"] = ("The learner's mail address.", Text()),
        ["studentNumber"] = ("The learner's student number.", Text()),
        ["recipient"] = ("The learner's own identifier.", Text()),
        ["achievement"] = ("The achievement, as `id` or `id@version`.", Text()),
        ["batch"] = ("The batch, by its identifier.", Text()),
        ["from"] = ("From when on, as the description says; of two versions the earlier.", Text()),
        ["until"] = ("Until when, likewise.", Text()),
        ["to"] = ("The later of two versions. Default is the newest.", Text()),
        ["q"] = ("What is looked for.", Text()),
        ["format"] = ("In which form.", Text()),
        ["did"] = ("The identifier that the document is to be for. Default is the present one.", Text()),
        ["days"] = ("How many days ahead.", new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1" }),
        ["credential"] = ("The credential, by its UUID or its place on the ledger.", Text()),
        ["actor"] = ("Who did it, by the identifier of a key or a person.", Text()),
        ["action"] = ("What was done, such as `credential.revoke`.", Text()),
        ["subject"] = ("On what it was done, by its identifier.", Text()),
        ["number"] = ("The number of an entry that was noted.", new OpenApiSchema { Type = JsonSchemaType.Integer }),
        ["responseCode"] = ("The `response_code` that your page got when the learner was led there.", Text()),
        ["hash"] = ("The hash that was noted of it.", Text()),
    };

    public Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Parameters ??= [];
        foreach (string name in KnownParameters.DeclaredBy([.. metadata]).Where(
            name => operation.Parameters.All(one => one.Name != name)))
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Query,
                Description = All[name].Description,
                Schema = All[name].Schema.CreateShallowCopy(),
            });
        }

        if (metadata.OfType<TakesKey>().Any())
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = RequestFingerprint.Header,
                In = ParameterLocation.Header,
                Description = "What a request sent again is known by: up to 255 printable ASCII characters.",
                Schema = Text(),
            });
        }

        return Task.CompletedTask;
    }

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };
}

/// <summary>A request that may carry an <c>Idempotency-Key</c>.</summary>
public sealed record TakesKey;
