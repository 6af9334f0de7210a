using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MicroCreds.Fabric.Chaincode.Contracts;

/// <summary>
/// What a metadata file asks of an argument beyond its type: the keywords of JSON Schema that bound numbers, texts and
/// lists, in the argument itself and in what it holds.
/// </summary>
internal sealed class ArgumentSchema
{
    private const string References = "#/components/schemas/";

    /// <summary>What the parameter's own type already holds an argument to, or only tells readers.</summary>
    private static readonly HashSet<string> Passed = new(StringComparer.Ordinal)
    {
        "$id", "$schema", "type", "format", "title", "description", "default", "example", "examples", "required",
        "additionalProperties", "nullable", "properties", "items", "$ref",
    };

    private static readonly Dictionary<string, Func<JsonNode, Func<JsonNode, string?>>> Keywords =
        new(StringComparer.Ordinal)
        {
            ["minimum"] = limit => Number(limit, (value, bound) => value >= bound, "at least"),
            ["maximum"] = limit => Number(limit, (value, bound) => value <= bound, "at most"),
            ["exclusiveMinimum"] = limit => Number(limit, (value, bound) => value > bound, "more than"),
            ["exclusiveMaximum"] = limit => Number(limit, (value, bound) => value < bound, "less than"),
            ["multipleOf"] = limit => NumberOf(limit) is > 0
                ? Number(limit, (value, part) => value % part == 0, "a multiple of")
                : throw new FormatException("its multipleOf must be more than zero"),
            ["minLength"] = limit => Count(limit, LengthOf, (size, bound) => size >= bound, "at least", "characters"),
            ["maxLength"] = limit => Count(limit, LengthOf, (size, bound) => size <= bound, "at most", "characters"),
            ["minItems"] = limit => Count(limit, ItemsOf, (size, bound) => size >= bound, "at least", "items"),
            ["maxItems"] = limit => Count(limit, ItemsOf, (size, bound) => size <= bound, "at most", "items"),
            ["enum"] = Among,
            ["pattern"] = Pattern,
        };

    private readonly List<Func<JsonNode, string?>> _rules = [];
    private readonly Dictionary<string, ArgumentSchema> _properties = new(StringComparer.Ordinal);
    private ArgumentSchema? _items;

    /// <summary>Reads a schema.</summary>
    /// <param name="schema">The schema, or a reference to one.</param>
    /// <param name="components">The document's named schemas.</param>
    /// <param name="known">What was read of them.</param>
    /// <exception cref="FormatException">It asks what is not held here, or makes no sense.</exception>
    public static ArgumentSchema Read(
        JsonNode? schema, JsonObject? components, Dictionary<string, ArgumentSchema> known)
    {
        if (schema is not JsonObject given) throw new FormatException("it is no JSON object");

        if (given["$ref"] is { } named)
        {
            string reference = named is JsonValue text && text.TryGetValue(out string? said)
                ? said
                : throw new FormatException("its $ref is no text");
            string name = reference.StartsWith(References, StringComparison.Ordinal)
                ? reference[References.Length..]
                : throw new FormatException($"'{reference}' does not begin with {References}");
            if (!known.TryGetValue(name, out var there))
            {
                // Known before it is read, which may lead back here.
                known.Add(name, there = new ArgumentSchema());
                there.Take(
                    components?[name] as JsonObject ?? throw new FormatException($"there is no component '{name}'"),
                    components, known);
            }

            return there;
        }

        var read = new ArgumentSchema();
        read.Take(given, components, known);
        return read;
    }

    /// <summary>Whether every argument is as asked.</summary>
    public bool AsksNothing() => AsksNothing([]);

    /// <summary>Says what is wrong with a value, and where; null if it is as asked.</summary>
    public string? FindFault(JsonNode? value, string place = "")
    {
        if (value is null) return null;

        foreach (var rule in _rules)
        {
            if (rule(value) is { } fault) return place.Length == 0 ? $"it {fault}" : $"at {place} it {fault}";
        }

        return value switch
        {
            JsonObject members => _properties
                .Select(one => one.Value.FindFault(members[one.Key], $"{place}/{one.Key}"))
                .FirstOrDefault(fault => fault is not null),
            JsonArray items when _items is not null => items
                .Select((item, i) => _items.FindFault(item, $"{place}/{i.ToString(CultureInfo.InvariantCulture)}"))
                .FirstOrDefault(fault => fault is not null),
            _ => null,
        };
    }

    // What leads back to where it is looked at already asks no more than is found there.
    private bool AsksNothing(HashSet<ArgumentSchema> seen) => !seen.Add(this)
        || (_rules.Count == 0 && _properties.Values.All(one => one.AsksNothing(seen))
            && _items?.AsksNothing(seen) != false);

    private void Take(JsonObject schema, JsonObject? components, Dictionary<string, ArgumentSchema> known)
    {
        foreach (var (keyword, limit) in schema)
        {
            if (Keywords.TryGetValue(keyword, out var make))
            {
                _rules.Add(make(limit ?? throw new FormatException($"its {keyword} is null")));
            }
            else if (!Passed.Contains(keyword))
            {
                throw new FormatException(
                    $"arguments are not held to {keyword} here: leave it out, or check it in the transaction");
            }
        }

        foreach (var (name, property) in schema["properties"] as JsonObject ?? [])
        {
            _properties.Add(name, Read(property, components, known));
        }

        if (schema["items"] is { } items) _items = Read(items, components, known);
    }

    private static Func<JsonNode, string?> Number(JsonNode limit, Func<decimal, decimal, bool> holds, string words)
    {
        decimal bound = NumberOf(limit) ?? throw new FormatException($"{limit.ToJsonString()} is no number");
        return value => value.GetValueKind() == JsonValueKind.Number
            && !(NumberOf(value) is { } number && holds(number, bound))
            ? $"must be {words} {bound.ToString(CultureInfo.InvariantCulture)}"
            : null;
    }

    private static Func<JsonNode, string?> Count(
        JsonNode limit, Func<JsonNode, int?> count, Func<int, decimal, bool> holds, string words, string what)
    {
        decimal bound = NumberOf(limit) ?? throw new FormatException($"{limit.ToJsonString()} is no number");
        return value => count(value) is { } found && !holds(found, bound)
            ? $"must have {words} {bound.ToString(CultureInfo.InvariantCulture)} {what}"
            : null;
    }

    private static Func<JsonNode, string?> Among(JsonNode values) => values is JsonArray all
        ? value => all.Any(one => JsonNode.DeepEquals(one, value)) ? null : $"must be one of {all.ToJsonString()}"
        : throw new FormatException("its enum is no list");

    private static Func<JsonNode, string?> Pattern(JsonNode pattern)
    {
        Regex expression;
        try
        {
            // Without backtracking there is no text that one peer takes longer over than another may wait.
            expression = new Regex(
                pattern.GetValue<string>(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or InvalidOperationException)
        {
            throw new FormatException($"its pattern cannot be used: {e.Message}");
        }

        return value => value.GetValueKind() == JsonValueKind.String && !expression.IsMatch(value.GetValue<string>())
            ? $"must match {expression}"
            : null;
    }

    /// <summary>A number as it is written; beyond what a decimal holds the farthest that it does.</summary>
    private static decimal? NumberOf(JsonNode node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number
        ? value.TryGetValue(out decimal number) ? number
            : value.ToJsonString()[0] == '-' ? decimal.MinValue : decimal.MaxValue
        : null;

    /// <summary>Characters as JSON Schema counts them: code points.</summary>
    private static int? LengthOf(JsonNode node) => node.GetValueKind() == JsonValueKind.String
        ? node.GetValue<string>().EnumerateRunes().Count()
        : null;

    private static int? ItemsOf(JsonNode node) => node is JsonArray items ? items.Count : null;
}
