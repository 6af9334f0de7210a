using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MicroCreds.Ledger.Model;

/// <summary>How records are mapped to JSON: camel case, nothing for null, nothing unknown, nothing twice.</summary>
public static class LedgerJson
{
    /// <summary>The mapping's settings; immutable.</summary>
    public static JsonSerializerOptions Options { get; } = CreateOptions();

    /// <summary>Reads a record.</summary>
    /// <exception cref="StrictJsonException">
    /// Not strict JSON, an unknown or missing member, or a value of another kind; the path names the place.
    /// </exception>
    public static T Deserialize<T>(ReadOnlySpan<byte> utf8)
        where T : class
    {
        using var document = StrictJson.Parse(utf8.ToArray());
        return Deserialize<T>(document.RootElement);
    }

    /// <summary>Reads a record out of a document that was parsed by <see cref="StrictJson"/>.</summary>
    /// <exception cref="StrictJsonException">An unknown or missing member, or a value of another kind.</exception>
    public static T Deserialize<T>(JsonElement element)
        where T : class => (T)Deserialize(element, typeof(T));

    /// <inheritdoc cref="Deserialize{T}(JsonElement)"/>
    public static object Deserialize(JsonElement element, Type type)
    {
        try
        {
            return element.Deserialize(type, Options)
                ?? throw new StrictJsonException("", "There is null where an object or a list belongs.");
        }
        catch (JsonException e)
        {
            throw new StrictJsonException(JsonPointer.FromJsonPath(e.Path), ReasonOf(e), e);
        }
    }

    /// <summary>Cuts a time to the milliseconds that records keep.</summary>
    public static DateTimeOffset ToMilliseconds(DateTimeOffset time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerOptions.Strict)
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            MaxDepth = Limits.MaxJsonDepth,
            Converters = { new LedgerTimeConverter(), new WellFormedStringConverter() },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    /// <summary>The serializer's own words name .NET types, and end in a path that stands beside them anyway.</summary>
    private static string ReasonOf(JsonException e)
    {
        string message = e.Message.Split(" Path: ", 2)[0];
        if (message.Contains("could not be mapped", StringComparison.Ordinal))
        {
            return $"{message.Split(" could not", 2)[0]} is not known here: leave it out, or correct its spelling.";
        }

        if (message.Contains("missing required properties", StringComparison.Ordinal))
        {
            return $"Members are missing: {message.Split(": ", 2)[^1].Replace("'", "", StringComparison.Ordinal)}";
        }

        return message.Contains("MicroCreds.", StringComparison.Ordinal)
            || message.Contains("System.", StringComparison.Ordinal)
            ? "The value is not of the kind that belongs here."
            : message;
    }
}
