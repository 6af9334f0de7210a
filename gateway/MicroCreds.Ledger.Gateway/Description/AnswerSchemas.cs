using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MicroCreds.Ledger.Gateway.Description;

/// <summary>
/// Describes the answers that no type of the gateway stands for: documents whose shape a standard has, tokens, tables,
/// and problems with the codes that an operation gives.
/// </summary>
public sealed class AnswerSchemas : IOpenApiOperationTransformer, IOpenApiDocumentTransformer
{
    private const string Credential = "VerifiableCredential";
    private const string Did = "DidDocument";
    private const string Keys = "JsonWebKeySet";
    private const string Bundle = "CredentialBundle";
    private const string European = "EuropeanDigitalCredential";
    private const string Ctdl = "CtdlGraph";

    // The kinds that only few operations give; they say so.
    private static readonly ProblemKind[] Rare =
    [
        ProblemKind.PossibleDuplicate, ProblemKind.NoCompactForm, ProblemKind.StatementRefused, ProblemKind.KeyReused,
        ProblemKind.TooTangled, ProblemKind.ForeignSite, ProblemKind.UnknownAddress,
    ];

    public Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var given = context.Description.ActionDescriptor.EndpointMetadata.OfType<GivesKinds>()
            .SelectMany(one => one.Kinds).ToList();
        if (operation.RequestBody?.Content is { } sent) Describe(sent, context);
        operation.Responses ??= [];
        if (KnownParameters.IsRuleAt(
            context.Description.HttpMethod!, "/" + context.Description.RelativePath,
            context.Description.ActionDescriptor.EndpointMetadata))
        {
            operation.Responses.TryAdd("400", ProblemsOf("", context));
        }

        foreach (var (status, response) in operation.Responses)
        {
            if (response.Content is not { } content) continue;
            if (content.ContainsKey(ProblemResponse.MediaType))
                response.Description = DescribeProblems(status, given, response.Description);
            Describe(content, context);
        }

        operation.Responses.TryAdd("default", ProblemsOf(
            "Any other problem: what holds for every address is in the documentation of problems.", context));
        return Task.CompletedTask;
    }

    public Task TransformAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Components ??= new OpenApiComponents();
        var schemas = document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        schemas[nameof(ProblemDetails)] = Problem();
        schemas[Credential] = Open(
            "A credential of the W3C data model 2.0 and Open Badges 3.0, with its Data Integrity proof.",
            ("@context", List("The JSON-LD contexts.", Text())),
            ("id", Text("`urn:uuid:` and its UUID.")), ("type", List("Its types.", Text())),
            ("name", Text("What it is called.")),
            ("issuer", Open("Who issued it.", ("id", Text("The issuer's DID.")), ("name", Text()))),
            ("validFrom", Text("From when on it holds, RFC 3339.")),
            ("credentialSubject", Open("Whom it names, and what was achieved.")),
            ("credentialStatus", Open("Where its status is found.")), ("proof", Open("What signs it.")));
        schemas[Did] = Open(
            "A DID document.", ("id", Text("The DID.")),
            ("verificationMethod", List("The keys.", Open("A key.", ("id", Text()), ("type", Text()),
                ("controller", Text())))),
            ("assertionMethod", List("The keys that sign credentials.", Text())));
        schemas[Keys] = Open(
            "A set of keys, RFC 7517.", ("keys", List("The keys.", Open("A key, RFC 7517.", ("kty", Text()),
                ("kid", Text()), ("alg", Text())))));
        schemas[European] = Open(
            "A European digital credential by the European Learning Model 3, without a seal.",
            ("@context", List("The JSON-LD contexts.", Text())), ("id", Text()), ("type", List("Its types.", Text())),
            ("issuer", Open("The awarding body.", ("id", Text()), ("legalName", Open("By language.")))),
            ("issued", Text("When it was awarded, RFC 3339.")), ("displayParameter", Open("What it looks like.")),
            ("credentialSubject", Open("The learner, and what was achieved.", ("hasClaim", Open("The achievement.")))),
            ("attachment", Open("The signed credential.", ("content", Text("In base64.")))));
        schemas[Ctdl] = Open(
            "JSON-LD in Credential Engine's CTDL.", ("@context", Text()),
            ("@graph", List("What it describes, its institution, and its parts.", Open(
                "A thing.", ("@id", Text()), ("@type", Text()), ("ceterms:name", Open("By language."))))));
        schemas[Bundle] = Open("A credential with what a verifier needs of the ledger.");
        return Task.CompletedTask;
    }

    private static OpenApiResponse ProblemsOf(string description, OpenApiOperationTransformerContext context) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [ProblemResponse.MediaType] = new() { Schema = Reference(nameof(ProblemDetails), context) },
        },
    };

    private static void Describe(
        IDictionary<string, OpenApiMediaType> content, OpenApiOperationTransformerContext context)
    {
        foreach (var (mediaType, body) in content)
        {
            if (body.Schema is null or OpenApiSchema { Type: null, AnyOf: null, OneOf: null })
                body.Schema = SchemaOf(mediaType, content.Keys, context);
        }
    }

    private static string DescribeProblems(string status, List<ProblemKind> given, string? otherwise)
    {
        var kinds = ProblemKind.All
            .Where(kind => $"{kind.Status}" == status && (!Rare.Contains(kind) || given.Contains(kind)))
            .Select(kind => $"`{kind.Name}` ({kind.Title})").ToList();
        return kinds.Count == 0 ? otherwise ?? "" : string.Join(", ", kinds) + ".";
    }

    private static IOpenApiSchema SchemaOf(
        string mediaType, ICollection<string> beside, OpenApiOperationTransformerContext context) => mediaType switch
        {
            "application/did+ld+json" or "application/did+json" or "application/did" => Reference(Did, context),
            "application/json" when beside.Contains("application/did") => Reference(Did, context),
            "application/ld+json" when IsAt("/elm", context) => Reference(European, context),
            "application/ld+json" when IsAt("/ctdl", context) => Reference(Ctdl, context),
            "application/vc" or "application/ld+json" => Reference(Credential, context),
            "application/json" when beside.Contains("application/vc") => Reference(Credential, context),
            "application/json" => Open("An object."),
            "application/jwk-set+json" => Reference(Keys, context),
            "application/vnd.microcreds.bundle+json" => Reference(Bundle, context),
            _ => Text(),
        };

    private static bool IsAt(string ending, OpenApiOperationTransformerContext context) =>
        context.Description.RelativePath?.EndsWith(ending, StringComparison.Ordinal) == true;

    private static OpenApiSchemaReference Reference(string name, OpenApiOperationTransformerContext context) =>
        new(name, context.Document);

    private static OpenApiSchema Problem() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "What went wrong, RFC 9457.",
        Required = new HashSet<string> { "type", "title", "status", "detail", "instance" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Description = "Its kind, which never changes.",
                Enum = [.. ProblemKind.All.Select(kind => (System.Text.Json.Nodes.JsonNode)kind.Type)],
            },
            ["title"] = Text("What all of its kind have in common."),
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "The HTTP status." },
            ["detail"] = Text("What is wrong here, and how to mend it."),
            ["instance"] = Text("The address that was asked."),
            ["errors"] = List("What is wrong, place by place.", new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Required = new HashSet<string> { "pointer", "reason" },
                Properties = new Dictionary<string, IOpenApiSchema>
                {
                    ["pointer"] = Text("The place, as a JSON pointer or a parameter's name."),
                    ["row"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "The row of a batch." },
                    ["reason"] = Text("What is wrong there, and what would be right."),
                },
            }),
        },
    };

    private static OpenApiSchema Open(string description, params (string Name, OpenApiSchema Schema)[] members) => new()
    {
        Type = JsonSchemaType.Object,
        Description = description,
        Properties = members.ToDictionary(one => one.Name, one => (IOpenApiSchema)one.Schema),
        AdditionalPropertiesAllowed = true,
    };

    private static OpenApiSchema List(string description, OpenApiSchema items) =>
        new() { Type = JsonSchemaType.Array, Description = description, Items = items };

    private static OpenApiSchema Text(string? description = null) =>
        new() { Type = JsonSchemaType.String, Description = description };
}

/// <summary>The rare kinds of problems that an operation gives.</summary>
/// <param name="Kinds">The kinds.</param>
public sealed record GivesKinds(IReadOnlyList<ProblemKind> Kinds);
