using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MicroCreds.Ledger.Gateway.Description;

/// <summary>
/// Says of values what they are: the serializer describes none that a converter writes, and calls numbers texts because
/// others' serializers send them so. Members that hold codes list them.
/// </summary>
public sealed class ValueSchemas : IOpenApiSchemaTransformer
{
    public Task TransformAsync(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        var canBeNull = schema.Type & JsonSchemaType.Null ?? default;
        if (type == typeof(string) || type == typeof(DateTimeOffset) || type == typeof(Guid) || type == typeof(Uri))
            schema.Type = JsonSchemaType.String | canBeNull;
        else if (schema.Type is { } said && (said & (JsonSchemaType.Integer | JsonSchemaType.Number)) != 0)
        {
            schema.Type = said & ~JsonSchemaType.String;
            schema.Pattern = null;
        }
        else if (type == typeof(JsonElement) || type == typeof(JsonObject) || type == typeof(JsonNode))
            DescribeAnything(schema, context.JsonPropertyInfo?.Name, type);

        if (schema.Enum is { Count: > 0 } values)
        {
            // Where null is one, whoever refers to it says so.
            schema.Enum = [.. values.Where(value => value is not null && value.GetValueKind() != JsonValueKind.Null)];
            schema.Type ??= JsonSchemaType.String;
        }

        DescribeElements(schema, type);
        if (context.JsonPropertyInfo is { } member
            && CodeLists.Of(member.DeclaringType, member.Name) is { Count: > 0 } codes)
        {
            var holder = schema.Items as OpenApiSchema ?? schema;
            holder.Type ??= JsonSchemaType.String;
            holder.Enum = [.. codes.Select(code => (JsonNode)code)];
        }

        return Task.CompletedTask;
    }

    // Of elements that nothing is said of the schema leaves out that there are any.
    private static void DescribeElements(OpenApiSchema schema, Type type)
    {
        if (type.GetInterfaces().Append(type).FirstOrDefault(one => one.IsGenericType
            && one.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0] is not { } element)
            return;
        bool isMap = element.IsGenericType && element.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);
        if (isMap && schema.Type is { } said && (said & JsonSchemaType.Object) != 0)
            schema.AdditionalProperties ??= ElementOf(element.GetGenericArguments()[1]);
        else if (schema.Type is { } other && (other & JsonSchemaType.Array) != 0)
            schema.Items ??= ElementOf(element);
    }

    private static OpenApiSchema? ElementOf(Type type)
    {
        if (type == typeof(string)) return new OpenApiSchema { Type = JsonSchemaType.String };
        if (type != typeof(JsonElement) && type != typeof(object)) return null;
        var schema = new OpenApiSchema();
        DescribeAnything(schema, name: null, type);
        return schema;
    }

    // What a learner brings, or what stands in a document, has its own standards: an object, or a token.
    private static void DescribeAnything(OpenApiSchema schema, string? name, Type type)
    {
        schema.Type = type == typeof(JsonObject) || name is "document" or "subject"
            ? JsonSchemaType.Object : JsonSchemaType.Object | JsonSchemaType.String;
        schema.AdditionalPropertiesAllowed = true;
    }
}
