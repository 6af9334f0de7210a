using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using MicroCreds.Fabric.Protocol;

namespace MicroCreds.Fabric.Chaincode.Contracts;

/// <summary>
/// How values of one type are read and written, and what errors say of it: in a serializer's form, or in that of
/// Fabric's contract API with exact values.
/// </summary>
internal sealed class ValueFormat
{
    private const int ShownTextLength = 40;

    private readonly ContractValueFormat? _format;
    private readonly IContractSerializer? _serializer;
    private readonly JsonDocumentOptions _document;

    public ValueFormat(Type type, JsonSerializerOptions options, IContractSerializer? serializer = null)
    {
        ValueType = type;
        if (serializer is not null)
        {
            _serializer = serializer;
            Expected = type.Name;
            return;
        }

        _document = new JsonDocumentOptions
        {
            AllowTrailingCommas = options.AllowTrailingCommas,
            CommentHandling = options.ReadCommentHandling,
            MaxDepth = options.MaxDepth,
        };
        _format = new ContractValueFormat(type, options, ExactValues.In(options));
        RefuseUnsupported(_format.TypeInfo);
        Expected = _format.Form switch
        {
            ContractValueForm.Bytes => "bytes",
            ContractValueForm.Text => "text",
            ContractValueForm.QuotedText => ExpectedText(Nullable.GetUnderlyingType(type) ?? type, options),
            _ => ExpectedJson(type, options),
        };
    }

    public Type ValueType { get; }

    /// <summary>What errors say was expected.</summary>
    public string Expected { get; }

    /// <exception cref="FormatException">Says why the bytes are not such a value.</exception>
    public object? Read(ReadOnlyMemory<byte> bytes)
    {
        if (_format is null)
        {
            return _serializer!.Read(bytes, ValueType);
        }

        try
        {
            return _format.Read(bytes.Span);
        }
        catch (DecoderFallbackException)
        {
            throw new FormatException("it is not UTF-8");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException
            or ArgumentException)
        {
            throw new FormatException(Explain(e, bytes.Span));
        }
    }

    /// <summary>Whether arguments can be read as JSON.</summary>
    public bool HasNode => _format is { Form: not ContractValueForm.Bytes };

    /// <summary>Returns an argument that can be read as JSON; null where it has no such form.</summary>
    public JsonNode? ReadNode(ReadOnlyMemory<byte> bytes) => _format?.Form switch
    {
        ContractValueForm.Json => JsonNode.Parse(bytes.Span, documentOptions: _document),
        ContractValueForm.Text or ContractValueForm.QuotedText => JsonValue.Create(Encoding.UTF8.GetString(bytes.Span)),
        _ => null,
    };

    public ReadOnlyMemory<byte> Write(object? value) =>
        _format is null ? _serializer!.Write(value, ValueType) : _format.Write(value);

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

    private string Explain(Exception exception, ReadOnlySpan<byte> bytes)
    {
        string shown = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, ShownTextLength)]);
        string ellipsis = bytes.Length > ShownTextLength ? "…" : string.Empty;
        if (exception is InexactValueException)
        {
            string place = exception is JsonException { Path: { Length: > 1 } at } ? $" at {at}" : string.Empty;
            return $"'{shown}{ellipsis}'{place}, {exception.Message}";
        }

        if (_format!.Form == ContractValueForm.QuotedText)
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
