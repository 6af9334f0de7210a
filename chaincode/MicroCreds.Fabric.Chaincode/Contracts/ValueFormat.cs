using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using MicroCreds.Fabric.Chaincode.Text;

namespace MicroCreds.Fabric.Chaincode.Contracts;

/// <summary>How values of one type are written as an argument or a result: as bytes, as text, or as JSON.</summary>
internal sealed class ValueFormat
{
    private const int ShownTextLength = 40;

    private readonly JsonTypeInfo _type;
    private readonly Form _form;

    public ValueFormat(Type type, JsonSerializerOptions options)
    {
        ValueType = type;
        _type = ExactValues.In(options).GetTypeInfo(type);
        RefuseUnsupported(_type);
        _form = type == typeof(byte[]) ? Form.Bytes
            : type == typeof(string) ? Form.Text
            : IsTextInJson(type, options) ? Form.QuotedText
            : Form.Json;
        Expected = _form switch
        {
            Form.Bytes => "bytes",
            Form.Text => "text",
            Form.QuotedText => ExpectedText(Nullable.GetUnderlyingType(type) ?? type, options),
            _ => ExpectedJson(type, options),
        };
    }

    private enum Form
    {
        Bytes,
        Text,
        QuotedText,
        Json,
    }

    public Type ValueType { get; }

    /// <summary>What errors say was expected.</summary>
    public string Expected { get; }

    /// <exception cref="FormatException">Says why the bytes are not such a value.</exception>
    public object? Read(ReadOnlySpan<byte> bytes)
    {
        if (_form == Form.Bytes)
        {
            return bytes.ToArray();
        }

        try
        {
            return _form switch
            {
                Form.Text => StrictUtf8.Encoding.GetString(bytes),
                Form.QuotedText => JsonSerializer.Deserialize(Quote(StrictUtf8.Encoding.GetString(bytes)), _type),
                _ => JsonSerializer.Deserialize(bytes, _type),
            };
        }
        catch (Exception e) when (e is DecoderFallbackException)
        {
            throw new FormatException("it is not UTF-8");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException
            or ArgumentException)
        {
            throw new FormatException(Explain(e, bytes));
        }
    }

    public ReadOnlyMemory<byte> Write(object? value)
    {
        if (value is null)
        {
            return _form == Form.Json ? "null"u8.ToArray() : default(ReadOnlyMemory<byte>);
        }

        switch (_form)
        {
            case Form.Bytes:
                return (byte[])value;
            case Form.Text:
                return StrictUtf8.Encoding.GetBytes((string)value);
            case Form.QuotedText:
                return StrictUtf8.Encoding.GetBytes(JsonSerializer.SerializeToNode(value, _type)!.GetValue<string>());
            default:
                return JsonSerializer.SerializeToUtf8Bytes(value, _type);
        }
    }

    /// <summary>The serializer says only when it meets a value that it has no form for the type, such as a delegate.
    /// </summary>
    private static void RefuseUnsupported(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.None)
        {
            return;
        }

        try
        {
            JsonSerializer.Deserialize("0"u8, type);
        }
        catch (JsonException)
        {
            // Another value will do: the type itself is fine.
        }
    }

    private static byte[] Quote(string text) => JsonSerializer.SerializeToUtf8Bytes(text);

    private string Explain(Exception exception, ReadOnlySpan<byte> bytes)
    {
        string shown = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, ShownTextLength)]);
        string ellipsis = bytes.Length > ShownTextLength ? "…" : string.Empty;
        if (exception is InexactValueException)
        {
            string place = exception is JsonException { Path: { Length: > 1 } at } ? $" at {at}" : string.Empty;
            return $"'{shown}{ellipsis}'{place}, {exception.Message}";
        }

        if (_form == Form.QuotedText)
        {
            return $"'{shown}{ellipsis}'";
        }

        if (bytes.IsEmpty)
        {
            return "it is empty";
        }

        string where = exception is JsonException { Path: { Length: > 1 } path } ? $" at {path}" : string.Empty;
        string why = exception.Message.Split(" Path: ")[0].TrimEnd('.');
        return $"'{shown}{ellipsis}'{where} ({why})";
    }

    private static bool IsTextInJson(Type type, JsonSerializerOptions options) =>
        type != typeof(char)
        && options.GetJsonSchemaAsNode(type) is JsonObject schema
        && TypesOf(schema).Where(name => name != "null").Distinct().ToArray() is ["string"];

    private static IEnumerable<string> TypesOf(JsonObject schema) => schema["type"] switch
    {
        JsonArray several => several.Select(name => name!.GetValue<string>()),
        JsonValue one => [one.GetValue<string>()],
        _ when schema["enum"] is JsonArray values => values.Select(value =>
            value?.GetValueKind() == JsonValueKind.String ? "string" : "null"),
        _ => [],
    };

    private static string ExpectedText(Type type, JsonSerializerOptions options) =>
        options.GetJsonSchemaAsNode(type) is JsonObject schema && schema["enum"] is JsonArray values
            ? "one of " + string.Join(", ", values.Where(v => v is not null).Select(v => v!.GetValue<string>()))
            : type.Name;

    private static string ExpectedJson(Type type, JsonSerializerOptions options)
    {
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        var kind = options.GetTypeInfo(inner).Kind;
        return kind switch
        {
            JsonTypeInfoKind.Object => $"{inner.Name} as a JSON object",
            JsonTypeInfoKind.Enumerable => "a JSON array",
            JsonTypeInfoKind.Dictionary => "a JSON object",
            _ when inner == typeof(bool) => "true or false",
            _ when inner == typeof(int) || inner == typeof(long) || inner == typeof(short) || inner == typeof(byte)
                || inner == typeof(uint) || inner == typeof(ulong) || inner == typeof(ushort)
                || inner == typeof(sbyte) => "a whole number",
            _ when inner == typeof(decimal) || inner == typeof(double) || inner == typeof(float) => "a number",
            _ => $"{inner.Name} as JSON",
        };
    }
}
