using System.Text.Json;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>The terms that the contexts of somebody else's document define, as far as it is known unfetched.
/// </summary>
internal sealed class ContextTerms
{
    /// <summary>The terms of the W3C's context of credentials that are types; all of its terms are protected.</summary>
    private static readonly string[] BaseTypes =
    [
        "BitstringStatusList", "BitstringStatusListCredential", "BitstringStatusListEntry", "DataIntegrityProof",
        "EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation", "JsonSchema", "JsonSchemaCredential",
        "VerifiableCredential", "VerifiablePresentation",
    ];

    private static readonly string[] BaseMembers =
        ["description", "digestMultibase", "digestSRI", "id", "name", "type"];

    private readonly HashSet<string> _defined = [.. BaseTypes, .. BaseMembers];
    private readonly HashSet<string> _protected = [.. BaseTypes, .. BaseMembers];
    private bool _isOpen;

    /// <summary>Adds a context by its address.</summary>
    /// <returns>What is wrong with it: nothing that could be known here.</returns>
    public string? AddRemote(string address)
    {
        // Whatever lies there may define any term, or all of them.
        _isOpen |= address != CredentialVocabulary.CredentialsContext;
        return null;
    }

    /// <summary>Adds a context that stands in the document.</summary>
    /// <returns>What is wrong with it; null if nothing is.</returns>
    public string? AddInline(JsonElement context)
    {
        _isOpen |= context.TryGetProperty("@vocab", out var vocabulary)
            && vocabulary.ValueKind == JsonValueKind.String;
        bool protects = context.TryGetProperty("@protected", out var flag) && flag.ValueKind == JsonValueKind.True;
        var added = new List<string>();
        string? fault = null;
        foreach (var member in context.EnumerateObject().Where(member => !member.Name.StartsWith('@')))
        {
            if (_protected.Contains(member.Name)) fault ??= "It defines a term anew that is protected.";
            if (IdentifierOf(member.Value) is { } identifier && !IsIdentifier(identifier))
                fault ??= "It defines a term as something that is no URL.";
            added.Add(member.Name);
        }

        _defined.UnionWith(added);
        if (protects) _protected.UnionWith(added);
        return fault;
    }

    /// <summary>Tells whether a context defines a term, or may.</summary>
    public bool Defines(string term) => _isOpen || _defined.Contains(term);

    private static string? IdentifierOf(JsonElement definition) => definition.ValueKind switch
    {
        JsonValueKind.String => definition.GetString(),
        JsonValueKind.Object when definition.TryGetProperty("@id", out var id)
            && id.ValueKind == JsonValueKind.String => id.GetString(),
        _ => null,
    };

    private static bool IsIdentifier(string text) => text.StartsWith('@') || !text.Any(char.IsWhiteSpace);
}
