using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace MicroCreds.Fabric.Chaincode.Contracts;

/// <summary>
/// Writes the schemas of types with the keywords that Fabric's contract schema knows: each object type once, among the
/// components, so that types may contain themselves.
/// </summary>
internal sealed class TypeSchemas
{
    private static readonly string[] LeafKeywords = ["type", "format", "enum", "pattern", "minimum", "maximum"];

    private readonly Dictionary<Type, string> _names = [];

    public JsonObject Components { get; } = [];

    public JsonObject Describe(Type type, JsonSerializerOptions options, bool mayBeNull)
    {
        if (type == typeof(byte[]))
        {
            return new JsonObject { ["type"] = "string", ["format"] = "binary" };
        }

        var inner = Nullable.GetUnderlyingType(type) ?? type;
        var info = options.GetTypeInfo(inner);
        return info.Kind switch
        {
            JsonTypeInfoKind.Object => new JsonObject { ["$ref"] = $"#/components/schemas/{Component(info)}" },
            JsonTypeInfoKind.Enumerable => new JsonObject
            {
                ["type"] = "array",
                ["items"] = Describe(info.ElementType!, options, mayBeNull: false),
            },
            JsonTypeInfoKind.Dictionary => new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = Describe(info.ElementType!, options, mayBeNull: false),
            },
            _ => Leaf(inner, options, mayBeNull),
        };
    }

    private string Component(JsonTypeInfo info)
    {
        if (_names.TryGetValue(info.Type, out string? known))
        {
            return known;
        }

        string name = NameOf(info.Type);
        for (int i = 2; _names.ContainsValue(name); i++)
        {
            name = NameOf(info.Type) + i;
        }

        // Named before its properties are described, which may lead back here.
        _names.Add(info.Type, name);
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (var property in info.Properties.Where(p => !p.IsExtensionData))
        {
            bool mayBeNull = Nullable.GetUnderlyingType(property.PropertyType) is not null
                || (!property.PropertyType.IsValueType && property.IsGetNullable);
            properties[property.Name] = property.PropertyType == typeof(byte[])
                ? new JsonObject { ["type"] = "string", ["format"] = "byte" }
                : Describe(property.PropertyType, info.Options, mayBeNull);
            if (property.IsRequired)
            {
                // Of a node: a value would be written by reflection, which trimming takes away.
                required.Add((JsonNode)JsonValue.Create(property.Name));
            }
        }

        var component = new JsonObject { ["$id"] = name, ["type"] = "object", ["properties"] = properties };
        if (required.Count > 0)
        {
            component["required"] = required;
        }

        component["additionalProperties"] = false;
        Components[name] = component;
        return name;
    }

    private static JsonObject Leaf(Type type, JsonSerializerOptions options, bool mayBeNull)
    {
        var leaf = new JsonObject();
        if (options.GetJsonSchemaAsNode(type) is not JsonObject schema)
        {
            return leaf;
        }

        foreach (string keyword in LeafKeywords)
        {
            if (schema[keyword] is { } value)
            {
                leaf[keyword] = value.DeepClone();
            }
        }

        if (leaf["enum"] is JsonArray values && leaf["type"] is null && values.All(IsText))
        {
            leaf["type"] = "string";
        }

        SetNull(leaf, mayBeNull);
        if (FormatOf(type) is { } format && leaf["format"] is null)
        {
            leaf["format"] = format;
        }

        return leaf;
    }

    /// <summary>References are nullable to the exporter whatever their annotation says: here they are as declared.
    /// </summary>
    private static void SetNull(JsonObject leaf, bool mayBeNull)
    {
        string[] types = leaf["type"] switch
        {
            JsonArray several => [.. several.Select(name => name!.GetValue<string>())],
            JsonValue one => [one.GetValue<string>()],
            _ => [],
        };
        string[] others = [.. types.Where(name => name != "null")];
        if (others.Length == 0)
        {
            return;
        }

        string[] wanted = mayBeNull ? [.. others, "null"] : others;
        leaf["type"] = wanted.Length == 1
            ? wanted[0]
            : new JsonArray([.. wanted.Select(name => JsonValue.Create(name))]);
    }

    private static bool IsText(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String;

    private static string? FormatOf(Type type) => Type.GetTypeCode(type) switch
    {
        _ when type.IsEnum => null,
        TypeCode.Int32 => "int32",
        TypeCode.Int64 => "int64",
        TypeCode.Single => "float",
        TypeCode.Double => "double",
        _ => null,
    };

    private static string NameOf(Type type) => type.IsGenericType
        ? type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)] + "Of"
            + string.Join("And", type.GetGenericArguments().Select(NameOf))
        : type.Name.TrimEnd('[', ']');
}
