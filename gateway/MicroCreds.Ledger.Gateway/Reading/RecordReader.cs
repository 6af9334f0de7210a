using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Reading;

/// <summary>
/// Reads a record member by member, so that whoever fills in a long form hears of everything that is wrong at once:
/// what is not known, what is of another kind, what is missing, and what the record's own rules find.
/// </summary>
internal sealed class RecordReader<T>(JsonElement body, Func<T, IReadOnlyList<LedgerError>> rules)
    where T : class
{
    private readonly JsonTypeInfo _type = LedgerJson.Options.GetTypeInfo(typeof(T));
    private readonly List<FieldFault> _faults = [];
    private readonly JsonObject _sound = [];

    /// <summary>Reads it.</summary>
    /// <exception cref="ProblemException">Something is wrong; every fault has its JSON pointer.</exception>
    public T Read()
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw ProblemException.Invalid("", "must be a JSON object.");

        foreach (var member in body.EnumerateObject())
            Take(member);
        var missing = _type.Properties
            .Where(property => property.IsRequired && !_sound.ContainsKey(property.Name)).ToList();
        foreach (var property in missing) _sound[property.Name] = Empty(property.PropertyType);

        using var document = JsonDocument.Parse(_sound.ToJsonString());
        var record = LedgerJson.Deserialize<T>(document.RootElement);

        // A member that could not be read stands empty, so that the rules' word on it says less than what was said.
        _faults.AddRange(rules(record)
            .Select(fault => new FieldFault(fault.Field ?? "", fault.Message))
            .Where(fault => !IsKnown(fault.Place)).ToList());

        // Where an empty list may stand, the rules do not miss it: nobody is to say it by saying nothing.
        _faults.AddRange(missing.Where(property => !IsKnown(PlaceOf(property.Name)))
            .Select(property => Missing(PlaceOf(property.Name), property.PropertyType)).ToList());
        return _faults.Count == 0 ? record : throw ProblemException.Invalid(_faults);
    }

    private void Take(JsonProperty member)
    {
        var property = _type.Properties.FirstOrDefault(property => property.Name == member.Name);
        string place = PlaceOf(member.Name);
        if (property is null)
        {
            _faults.Add(new FieldFault(place, $"{place} is not known here: leave it out, or correct its spelling."));
            return;
        }

        // What is null is missing: of a member that may be, nothing need be said, of another the rules say it.
        if (member.Value.ValueKind == JsonValueKind.Null) return;
        try
        {
            LedgerJson.Deserialize(member.Value, property.PropertyType);
            _sound[member.Name] = JsonNode.Parse(member.Value.GetRawText());
        }
        catch (StrictJsonException exception)
        {
            _faults.Add(new FieldFault(place + exception.Path, exception.Reason));
        }
    }

    private bool IsKnown(string place) => _faults.Any(known => IsWithin(place, known.Place));

    private static FieldFault Missing(string place, Type type) => new(
        place, type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable))
            ? $"{place} is missing: give it; an empty list says that there is none." : $"{place} is missing: give it.");

    private static string PlaceOf(string member) => "/" + JsonPointer.Escape(member);

    private static bool IsWithin(string place, string outer) =>
        place == outer || place.StartsWith(outer + "/", StringComparison.Ordinal)
        || outer.StartsWith(place + "/", StringComparison.Ordinal);

    /// <summary>What no rule lets pass: a blank text, an empty list, a number below zero.</summary>
    private static JsonNode Empty(Type type)
    {
        if (type == typeof(string)) return JsonValue.Create("");
        return type.IsValueType ? JsonValue.Create(-1) : new JsonArray();
    }
}
