using System.Text.Json;
using System.Text.RegularExpressions;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>
/// Checks credentials and presentations of others against what the W3C's data model 2.0 asks of every one. Nothing is
/// fetched: what a context on the web says is not known here, so that a term that one of them may define is let pass.
/// </summary>
internal sealed partial class DataModelCheck
{
    /// <summary>The context of the data model's first version, whose documents are not checked.</summary>
    public const string FirstContext = "https://www.w3.org/2018/credentials/v1";

    private const string Credential = "VerifiableCredential";
    private const string Presentation = "VerifiablePresentation";
    private const string EnvelopedCredential = "EnvelopedVerifiableCredential";
    private const string EnvelopedPresentation = "EnvelopedVerifiablePresentation";
    private const string Url = "It must be one URL.";

    private static readonly string[] TypedMembers =
        ["credentialStatus", "termsOfUse", "evidence", "refreshService", "credentialSchema"];

    // What the context of credentials defines of a credential.
    private static readonly string[] Members =
    [
        "@context", "confidenceMethod", "credentialSchema", "credentialStatus", "credentialSubject", "description",
        "evidence", "id", "issuer", "name", "proof", "refreshService", "relatedResource", "renderMethod",
        "termsOfUse", "type", "validFrom", "validUntil",
    ];

    private readonly FaultCollector _faults = new();

    /// <summary>Names everything wrong in a credential; nothing of one of the data model's first version.</summary>
    /// <param name="root">The credential, or an envelope around one.</param>
    /// <param name="isToken">Whether it is a token's payload, which has claims that no context defines.</param>
    public static IReadOnlyList<CredentialFault> OfCredential(JsonElement root, bool isToken = false)
    {
        var check = new DataModelCheck();
        if (!NamesFirstVersion(root)) check.CheckCredential(root, "", isToken);
        return check._faults.Faults;
    }

    /// <summary>Likewise of a presentation and the credentials in it.</summary>
    /// <param name="root">The presentation, or an envelope around one.</param>
    public static IReadOnlyList<CredentialFault> OfPresentation(JsonElement root)
    {
        var check = new DataModelCheck();
        if (!NamesFirstVersion(root)) check.CheckPresentation(root);
        return check._faults.Faults;
    }

    private static bool NamesFirstVersion(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("@context", out var contexts)
        && Each(contexts) is [{ ValueKind: JsonValueKind.String } first, ..]
        && first.ValueEquals(FirstContext);

    private void CheckCredential(JsonElement root, string path, bool isToken)
    {
        if (!IsObject(root, path)) return;
        var terms = CheckContexts(root, path);
        if (HasType(root, EnvelopedCredential))
        {
            CheckEnvelope(root, path, EnvelopedCredential);
            return;
        }

        if (!isToken)
        {
            foreach (var member in root.EnumerateObject())
            {
                if (!Members.Contains(member.Name) && !terms.Defines(member.Name))
                    _faults.Add($"{path}/{ClaimedText.Of(member.Name)}", "No context defines it.");
            }
        }

        CheckTypes(root, path, Credential, terms);
        CheckIdentifier(root, path);
        CheckIssuer(root, path);
        CheckTexts(root, path);
        CheckSubjects(root, path);
        CheckTimes(root, path);
        foreach (string name in TypedMembers) CheckTyped(root, path, name);
        CheckRelated(root, path);
    }

    private void CheckPresentation(JsonElement root)
    {
        if (!IsObject(root, "")) return;
        var terms = CheckContexts(root, "");
        if (HasType(root, EnvelopedPresentation))
        {
            CheckEnvelope(root, "", EnvelopedPresentation);
            return;
        }

        CheckTypes(root, "", Presentation, terms);
        CheckIdentifier(root, "");
        if (root.TryGetProperty("holder", out var holder)) CheckParty(holder, "/holder");
        if (!root.TryGetProperty("verifiableCredential", out var credentials)) return;
        foreach (var (credential, path) in Each(credentials, "/verifiableCredential"))
        {
            if (!NamesFirstVersion(credential)) CheckCredential(credential, path, isToken: false);
        }
    }

    private void CheckEnvelope(JsonElement root, string path, string type)
    {
        if (Each(root.GetProperty("type")).Length != 1) _faults.Add(path + "/type", $"It must be {type} alone.");
        string id = _faults.Text(root, path, "id");
        if (id.Length > 0 && (!id.StartsWith("data:", StringComparison.Ordinal) || !id.Contains(',')))
            _faults.Add(path + "/id", "It must be a data: URL that holds the token.");
    }

    private ContextTerms CheckContexts(JsonElement root, string path)
    {
        var terms = new ContextTerms();
        path += "/@context";
        if (!root.TryGetProperty("@context", out var contexts))
        {
            _faults.Add(path, "It is missing.");
            return terms;
        }

        var items = Each(contexts, path).ToList();
        if (items.Count == 0 || items[0].Item.ValueKind != JsonValueKind.String
            || !items[0].Item.ValueEquals(CredentialVocabulary.CredentialsContext))
            _faults.Add(path, $"It must begin with {CredentialVocabulary.CredentialsContext}.");
        foreach (var (item, at) in items)
        {
            string? fault = item.ValueKind switch
            {
                JsonValueKind.String when !IsUrl(item) => Url,
                JsonValueKind.String => terms.AddRemote(item.GetString()!),
                JsonValueKind.Object => terms.AddInline(item),
                _ => "It must be a URL or an object.",
            };
            if (fault is not null) _faults.Add(at, fault);
        }

        return terms;
    }

    private void CheckTypes(JsonElement root, string path, string required, ContextTerms terms)
    {
        path += "/type";
        if (!root.TryGetProperty("type", out var types))
        {
            _faults.Add(path, "It is missing.");
            return;
        }

        if (!HasType(root, required)) _faults.Add(path, $"It must hold {required}.");
        foreach (var (type, at) in Each(types, path))
        {
            if (type.ValueKind != JsonValueKind.String) _faults.Add(at, "It must be a text.");
            else if (!IsUrl(type) && !terms.Defines(type.GetString()!))
                _faults.Add(at, "It must be a URL, or a term that a context defines.");
        }
    }

    private void CheckIdentifier(JsonElement parent, string path)
    {
        if (parent.TryGetProperty("id", out var id) && !IsUrl(id)) _faults.Add(path + "/id", Url);
    }

    private void CheckIssuer(JsonElement root, string path)
    {
        path += "/issuer";
        if (!root.TryGetProperty("issuer", out var issuer))
        {
            _faults.Add(path, "It is missing.");
            return;
        }

        CheckParty(issuer, path);
        if (issuer.ValueKind == JsonValueKind.Object) CheckTexts(issuer, path);
    }

    private void CheckParty(JsonElement party, string path)
    {
        bool isNamed = party.ValueKind == JsonValueKind.Object
            ? party.TryGetProperty("id", out var id) && IsUrl(id)
            : IsUrl(party);
        if (!isNamed) _faults.Add(path, "It must be a URL, or an object whose id is one.");
    }

    private void CheckTexts(JsonElement parent, string path)
    {
        foreach (string name in (string[])["name", "description"])
        {
            if (!parent.TryGetProperty(name, out var text)) continue;
            foreach (var (item, at) in Each(text, $"{path}/{name}"))
            {
                bool isText = item.ValueKind == JsonValueKind.String
                    || (item.ValueKind == JsonValueKind.Object && item.TryGetProperty("@value", out _)
                        && item.EnumerateObject().All(member =>
                            member.Name is "@value" or "@language" or "@direction"));
                if (!isText)
                    _faults.Add(at, "It must be a text, or an object of @value, @language and @direction alone.");
            }
        }
    }

    private void CheckSubjects(JsonElement root, string path)
    {
        path += "/credentialSubject";
        if (!root.TryGetProperty("credentialSubject", out var subjects))
        {
            _faults.Add(path, "It is missing.");
            return;
        }

        var items = Each(subjects, path).ToList();
        if (items.Count == 0) _faults.Add(path, "It must not be empty.");
        foreach (var (subject, at) in items)
        {
            if (!IsObject(subject, at)) continue;
            if (!subject.EnumerateObject().Any()) _faults.Add(at, "It must not be empty.");
            CheckIdentifier(subject, at);
        }
    }

    private void CheckTimes(JsonElement root, string path)
    {
        var from = root.TryGetProperty("validFrom", out _) ? _faults.Time(root, path, "validFrom") : default;
        var until = root.TryGetProperty("validUntil", out _) ? _faults.Time(root, path, "validUntil") : default;
        if (until != default && until < from) _faults.Add(path + "/validUntil", "It lies before validFrom.");
    }

    private void CheckTyped(JsonElement root, string path, string name)
    {
        if (!root.TryGetProperty(name, out var value)) return;
        foreach (var (item, at) in Each(value, $"{path}/{name}"))
        {
            if (!IsObject(item, at)) continue;
            bool isTyped = item.TryGetProperty("type", out var types) && Each(types).Length > 0
                && Array.TrueForAll(
                    Each(types), type => type.ValueKind == JsonValueKind.String && type.GetString()!.Length > 0);
            if (!isTyped) _faults.Add(at + "/type", "It must be one or more texts.");
            CheckIdentifier(item, at);
            if (name == "credentialSchema" && !item.TryGetProperty("id", out _)) _faults.Add(at + "/id", Url);
        }
    }

    private void CheckRelated(JsonElement root, string path)
    {
        if (!root.TryGetProperty(PublishedContext.DigestMember, out var related)) return;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (item, at) in Each(related, $"{path}/{PublishedContext.DigestMember}"))
        {
            if (!IsObject(item, at)) continue;
            if (!item.TryGetProperty("id", out var id) || !IsUrl(id)) _faults.Add(at + "/id", Url);
            else if (!seen.Add(id.GetString()!)) _faults.Add(at + "/id", "It stands there twice.");
            else if (RelatedDigest.FaultOf(item, id.GetString()!) is { } fault) _faults.Add(at, fault);
        }
    }

    private bool IsObject(JsonElement value, string path)
    {
        if (value.ValueKind == JsonValueKind.Object) return true;
        _faults.Add(path, "It must be an object.");
        return false;
    }

    private static bool HasType(JsonElement root, string name) => root.TryGetProperty("type", out var types)
        && Array.Exists(Each(types), type => type.ValueKind == JsonValueKind.String && type.ValueEquals(name));

    private static bool IsUrl(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && UrlForm().IsMatch(value.GetString()!);

    /// <summary>The items of a list, or the value itself: the data model takes one of a thing as well as several.
    /// </summary>
    private static JsonElement[] Each(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];

    private static IEnumerable<(JsonElement Item, string Path)> Each(JsonElement value, string path) =>
        value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Select((item, i) => (item, $"{path}/{i}"))
            : [(value, path)];

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9+.-]*:[^\s<>""{}|\\^`]+\z", RegexOptions.NonBacktracking)]
    private static partial Regex UrlForm();
}
