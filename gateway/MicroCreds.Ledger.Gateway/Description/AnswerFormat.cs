using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Description;

/// <summary>How answers are written and described.</summary>
public static class AnswerFormat
{
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
            document.AddSchemaTransformer<ValueSchemas>()
                .AddOperationTransformer<OperationNames>().AddOperationTransformer<QueryParameters>()
                .AddOperationTransformer<AnswerSchemas>().AddDocumentTransformer<AnswerSchemas>()
                .AddOperationTransformer<ExampleTransformer>().AddDocumentTransformer<ExampleTransformer>()
                .AddDocumentTransformer<WebhookTransformer>());
    }
}
