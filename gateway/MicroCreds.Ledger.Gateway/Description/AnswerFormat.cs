using System.Collections.Concurrent;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.OpenApi;

namespace MicroCreds.Ledger.Gateway.Description;

/// <summary>How answers are written and described.</summary>
public static class AnswerFormat
{
    private static readonly ConcurrentDictionary<string, Type> Described = new();

    /// <summary>
    /// Has answers written the way records are (camel case, nothing for null, times with milliseconds in UTC) and adds
    /// the OpenAPI document.
    /// </summary>
    public static IServiceCollection AddDescription(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            var model = LedgerJson.Options;
            json.SerializerOptions.PropertyNamingPolicy = model.PropertyNamingPolicy;
            json.SerializerOptions.DefaultIgnoreCondition = model.DefaultIgnoreCondition;
            json.SerializerOptions.Encoder = model.Encoder;
            foreach (var converter in model.Converters)
                json.SerializerOptions.Converters.Add(converter);
        });
        return services.AddOpenApi("v1", document =>
        {
            document.CreateSchemaReferenceId =
                type => NameOf(type.Type, OpenApiOptions.CreateDefaultSchemaReferenceId(type));
            document.AddSchemaTransformer<ValueSchemas>()
                .AddOperationTransformer<OperationNames>().AddOperationTransformer<QueryParameters>()
                .AddOperationTransformer<AnswerSchemas>().AddDocumentTransformer<AnswerSchemas>()
                .AddOperationTransformer<ExampleTransformer>().AddDocumentTransformer<ExampleTransformer>()
                .AddDocumentTransformer<WebhookTransformer>();
        });
    }

    // Two types of one name would be described as one, without a word.
    private static string? NameOf(Type type, string? name)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (name is null || Described.GetOrAdd(name, type) == type) return name;
        throw new InvalidOperationException($"{type} and {Described[name]} are both called {name}: rename one.");
    }
}
