using System.Text.Json;

namespace MicroCreds.Ledger.Credentials;

/// <summary>Takes members out of a document and notes every one that is missing or of the wrong kind.</summary>
internal sealed class FaultCollector
{
    private readonly List<CredentialFault> _faults = [];

    public IReadOnlyList<CredentialFault> Faults => _faults;

    /// <summary>Notes a fault, once.</summary>
    public void Add(string path, string message)
    {
        var fault = new CredentialFault(path, message);
        if (!_faults.Contains(fault)) _faults.Add(fault);
    }

    /// <summary>Gives a member that must be an object; without it nothing inside it can be read.</summary>
    public JsonElement? Object(JsonElement parent, string path, string name)
    {
        if (!TryGet(parent, path, name, out var value)) return null;
        if (value.ValueKind == JsonValueKind.Object) return value;
        Add($"{path}/{name}", "It must be an object.");
        return null;
    }

    /// <summary>Gives a member that must be a text with something in it; empty if it is not.</summary>
    public string Text(JsonElement parent, string path, string name)
    {
        if (!TryGet(parent, path, name, out var value)) return "";
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text) return text;
        Add($"{path}/{name}", "It must be a text that is not empty.");
        return "";
    }

    /// <summary>Gives a member that must be a whole number from 0; -1 if it is not.</summary>
    public int Number(JsonElement parent, string path, string name)
    {
        if (!TryGet(parent, path, name, out var value)) return -1;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= 0) return number;
        Add($"{path}/{name}", "It must be a whole number from 0 to 2147483647.");
        return -1;
    }

    /// <summary>Gives a member that must be a time with a zone.</summary>
    public DateTimeOffset Time(JsonElement parent, string path, string name)
    {
        string text = Text(parent, path, name);
        if (!CredentialTime.TryRead(text, out var time) && text.Length > 0)
            Add($"{path}/{name}", "It must be a time with a zone, such as 2026-01-31T12:00:00Z.");
        return time;
    }

    /// <summary>Notes if a list of types lacks one.</summary>
    public void Type(JsonElement parent, string path, params ReadOnlySpan<string> anyOf)
    {
        if (!TryGet(parent, path, "type", out var value)) return;
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var type in value.EnumerateArray())
            {
                if (type.ValueKind == JsonValueKind.String && anyOf.Contains(type.GetString()!)) return;
            }
        }

        Add($"{path}/type", $"It must be a list that holds {string.Join(" or ", anyOf.ToArray())}.");
    }

    /// <summary>Notes if an object holds anything else than members of these names.</summary>
    public void Only(JsonElement parent, string path, ReadOnlySpan<string> names)
    {
        foreach (var member in parent.EnumerateObject())
        {
            bool isKnown = false;
            foreach (string name in names) isKnown |= member.NameEquals(name);
            if (!isKnown) Add(path, $"It may hold only {string.Join(", ", names.ToArray())}.");
        }
    }

    private bool TryGet(JsonElement parent, string path, string name, out JsonElement value)
    {
        if (parent.TryGetProperty(name, out value)) return true;
        Add($"{path}/{name}", "It is missing.");
        return false;
    }
}
