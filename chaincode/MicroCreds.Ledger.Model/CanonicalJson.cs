using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MicroCreds.Ledger.Model;

/// <summary>
/// Writes JSON in its one canonical form (RFC 8785, JCS): what is hashed, what is signed, and how records lie on the
/// ledger.
/// </summary>
/// <remarks>
/// Numbers are doubles, as the RFC has it: one that a double cannot hold exactly is rounded here. Documents from
/// outside go through <see cref="StrictJson"/> first, which refuses them.
/// </remarks>
public static class CanonicalJson
{
    /// <summary>The deepest nesting that is written; deeper would endanger the stack.</summary>
    public const int MaxDepth = 256;

    /// <summary>Room for most of what is written; a cohort is a hundred thousand of these.</summary>
    private const int UsualBytes = 256;

    /// <summary>Returns the canonical UTF-8 form of an element.</summary>
    /// <exception cref="FormatException">A duplicate name, a lone surrogate, a number beyond a double, too deep.
    /// </exception>
    public static byte[] Canonicalize(JsonElement element)
    {
        var output = new ArrayBufferWriter<byte>(UsualBytes);
        WriteElement(output, element, 0);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Returns the canonical UTF-8 form of a node; <see langword="null"/> is JSON's null.</summary>
    /// <exception cref="FormatException">A duplicate name, a lone surrogate, a number beyond a double, too deep.
    /// </exception>
    public static byte[] Canonicalize(JsonNode? node)
    {
        var output = new ArrayBufferWriter<byte>(UsualBytes);
        WriteNode(output, node, 0);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Returns the canonical UTF-8 form of a string: <see cref="Canonicalize(JsonNode?)"/> of its node.
    /// </summary>
    /// <exception cref="FormatException">It has a lone surrogate.</exception>
    public static byte[] OfText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return CanonicalString.Of(text);
    }

    /// <summary>Returns the canonical form of a record, mapped by <see cref="LedgerJson.Options"/>.</summary>
    /// <exception cref="FormatException">A string holds a lone surrogate, or a number is not finite.</exception>
    public static byte[] Serialize<T>(T value)
    {
        JsonElement element;
        try
        {
            element = JsonSerializer.SerializeToElement(value, LedgerJson.Options);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new FormatException($"A {typeof(T).Name} has no canonical form: {e.Message}", e);
        }

        return Canonicalize(element);
    }

    private static void WriteElement(ArrayBufferWriter<byte> output, JsonElement element, int depth)
    {
        CheckDepth(depth);
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(output, element, depth);
                break;
            case JsonValueKind.Array:
                output.Write("["u8);
                bool first = true;
                foreach (var item in element.EnumerateArray())
                {
                    WriteSeparator(output, ref first);
                    WriteElement(output, item, depth + 1);
                }

                output.Write("]"u8);
                break;
            case JsonValueKind.String:
                CanonicalString.Write(output, TextOf(element));
                break;
            case JsonValueKind.Number:
                CanonicalNumber.Write(output, CanonicalNumber.Parse(JsonMarshal.GetRawUtf8Value(element)));
                break;
            case JsonValueKind.True:
                output.Write("true"u8);
                break;
            case JsonValueKind.False:
                output.Write("false"u8);
                break;
            case JsonValueKind.Null:
                output.Write("null"u8);
                break;
            default:
                throw new FormatException("There is no JSON here: the element is undefined.");
        }
    }

    private static void WriteObject(ArrayBufferWriter<byte> output, JsonElement element, int depth)
    {
        var members = new List<KeyValuePair<string, JsonElement>>();
        foreach (var property in element.EnumerateObject())
        {
            members.Add(new(NameOf(property), property.Value));
        }

        // RFC 8785 sorts by UTF-16 code units, which is what an ordinal comparison of .NET strings does.
        members.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        output.Write("{"u8);
        bool first = true;
        for (int i = 0; i < members.Count; i++)
        {
            if (i > 0 && members[i].Key == members[i - 1].Key)
            {
                throw new FormatException($"The name \"{members[i].Key}\" occurs twice in one object: make it unique.");
            }

            WriteSeparator(output, ref first);
            CanonicalString.Write(output, members[i].Key);
            output.Write(":"u8);
            WriteElement(output, members[i].Value, depth + 1);
        }

        output.Write("}"u8);
    }

    private static void WriteNode(ArrayBufferWriter<byte> output, JsonNode? node, int depth)
    {
        CheckDepth(depth);
        bool first = true;
        switch (node)
        {
            case null:
                output.Write("null"u8);
                break;
            case JsonObject members:
                output.Write("{"u8);
                foreach (var member in MembersOf(members).OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    WriteSeparator(output, ref first);
                    CanonicalString.Write(output, member.Key);
                    output.Write(":"u8);
                    WriteNode(output, member.Value, depth + 1);
                }

                output.Write("}"u8);
                break;
            case JsonArray items:
                output.Write("["u8);
                foreach (var item in items)
                {
                    WriteSeparator(output, ref first);
                    WriteNode(output, item, depth + 1);
                }

                output.Write("]"u8);
                break;
            default:
                WriteValue(output, node.AsValue(), depth);
                break;
        }
    }

    private static void WriteValue(ArrayBufferWriter<byte> output, JsonValue value, int depth)
    {
        if (value.TryGetValue(out JsonElement element))
        {
            WriteElement(output, element, depth);
        }
        else if (value.GetValueKind() == JsonValueKind.String && value.TryGetValue(out string? text))
        {
            // Straight from the string: the serializer would replace a lone surrogate instead of refusing it.
            CanonicalString.Write(output, text);
        }
        else if (value.TryGetValue(out double number))
        {
            CanonicalNumber.Write(output, number);
        }
        else
        {
            WriteElement(output, JsonSerializer.SerializeToElement(value), depth);
        }
    }

    /// <summary>
    /// A node that was parsed lazily finds duplicate names and lone surrogates only when it is enumerated.
    /// </summary>
    private static KeyValuePair<string, JsonNode?>[] MembersOf(JsonObject members)
    {
        try
        {
            return [.. members];
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new FormatException(
                $"An object's names cannot be written: a duplicate, or a lone surrogate. {e.Message}", e);
        }
    }

    private static string TextOf(JsonElement element)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("A string holds a lone surrogate or invalid UTF-8: it has no canonical form.", e);
        }
    }

    private static string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("A name holds a lone surrogate or invalid UTF-8: it has no canonical form.", e);
        }
    }

    private static void WriteSeparator(ArrayBufferWriter<byte> output, ref bool first)
    {
        if (!first) output.Write(","u8);

        first = false;
    }

    private static void CheckDepth(int depth)
    {
        if (depth >= MaxDepth) throw new FormatException($"The JSON is nested deeper than {MaxDepth}: flatten it.");
    }
}
