using System.Text.Json;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Gateway.Problems;

namespace MicroCreds.Ledger.Gateway.Wallets.Presenting;

/// <summary>What is asked of a wallet, in DCQL (OpenID4VP 1.0, 6), as far as it is known here. Immutable.</summary>
/// <param name="Credentials">Which credentials.</param>
/// <param name="Sets">Which of them together; none asks for all.</param>
internal sealed partial record DcqlQuery(IReadOnlyList<CredentialQuery> Credentials, IReadOnlyList<CredentialSet> Sets)
{
    private const int MaxCredentials = 10;
    internal const int MaxItems = 100;
    private const string Nothing = "is not known here: leave it out.";

    /// <summary>Reads a query.</summary>
    /// <exception cref="ProblemException">It is none; every fault has its JSON pointer.</exception>
    public static DcqlQuery Read(JsonElement query, string place = "")
    {
        var reader = new Reader(place);
        var read = reader.Query(query);
        return reader.Faults.Count == 0 ? read : throw ProblemException.Invalid(reader.Faults);
    }

    /// <summary>
    /// Says what a wallet's answer lacks of what was asked for, or has besides; null if nothing. What is in the
    /// presentations is judged for each of them.
    /// </summary>
    /// <param name="answered">The ids of the credential queries that have presentations, with their number.</param>
    public string? FaultOf(IReadOnlyDictionary<string, int> answered)
    {
        foreach (var (id, count) in answered)
        {
            if (Find(id) is not { } asked) return $"vp_token has {id}, which dcql_query does not ask for.";
            if (count == 0) return $"vp_token has no presentation in {id}.";
            if (count > 1 && !asked.IsMultiple)
                return $"vp_token has {count} presentations in {id}, which asks for one.";
        }

        string[] missing = Sets.Count == 0
            ? [.. Credentials.Select(one => one.Id).Where(id => !answered.ContainsKey(id))]
            : [.. Sets.Where(set => set.IsRequired && !set.Options.Any(option => option.All(answered.ContainsKey)))
                .Select(set => string.Join(" or ", set.Options.Select(option => string.Join("+", option))))];
        return missing.Length == 0 ? null : $"vp_token lacks {string.Join(", ", missing)}, which dcql_query asks for.";
    }

    /// <summary>Finds a credential query.</summary>
    public CredentialQuery? Find(string id) => Credentials.FirstOrDefault(one => one.Id == id);

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z")]
    private static partial Regex Name();

    /// <summary>Reads, and notes every fault.</summary>
    private sealed class Reader(string root)
    {
        public List<FieldFault> Faults { get; } = [];

        public DcqlQuery Query(JsonElement query)
        {
            Expect(query, root, "credentials", "credential_sets");
            var credentials = Items(query, "credentials", root, MaxCredentials)
                .Select((one, i) => Credential(one, $"{root}/credentials/{i}")).ToList();
            if (credentials.Count == 0) Note($"{root}/credentials", "must be a list with at least one query.");
            if (credentials.DistinctBy(one => one.Id).Count() != credentials.Count)
                Note($"{root}/credentials", "must have an id of its own in each query.");
            var sets = Items(query, "credential_sets", root, MaxCredentials)
                .Select((one, i) => Set(one, $"{root}/credential_sets/{i}", credentials)).ToList();
            return new DcqlQuery(credentials, sets);
        }

        private CredentialQuery Credential(JsonElement one, string place)
        {
            Expect(one, place, "id", "format", "multiple", "meta", "require_cryptographic_holder_binding", "claims",
                "claim_sets");
            string format = Text(one, "format", place);
            if (!PresentationFormat.All.Contains(format))
                Note($"{place}/format", $"must be of {string.Join(", ", PresentationFormat.All)}.");

            bool isSdJwt = format == PresentationFormat.SdJwt;
            var meta = one.ValueKind == JsonValueKind.Object && one.TryGetProperty("meta", out var said)
                ? said : default;
            Expect(meta, $"{place}/meta", isSdJwt ? "vct_values" : "type_values");
            var claims = Items(one, "claims", place, MaxItems)
                .Select((claim, i) => Claim(claim, $"{place}/claims/{i}")).ToList();
            var sets = Items(one, "claim_sets", place, MaxItems)
                .Select((set, i) => Names(set, $"{place}/claim_sets/{i}")).ToList();
            if (claims.Where(claim => claim.Id is not null).GroupBy(claim => claim.Id).Any(same => same.Count() > 1))
                Note($"{place}/claims", "must have an id of its own in each claim that has one.");
            if (claims.GroupBy(claim => string.Join(',', claim.Path.Select(step => step.GetRawText())))
                .Any(same => same.Count() > 1))
                Note($"{place}/claims", "must not name the same path twice.");
            foreach (string id in sets.SelectMany(set => set).Where(id => claims.All(claim => claim.Id != id)))
                Note($"{place}/claim_sets", $"names {id}, which no claim has as its id.");
            return new CredentialQuery(
                NameOf(one, place), format, Flag(one, "multiple", false, place),
                Flag(one, "require_cryptographic_holder_binding", true, place),
                isSdJwt ? [.. Items(meta, "vct_values", $"{place}/meta", MaxItems).Select(
                    (type, i) => TextIn(type, $"{place}/meta/vct_values/{i}"))] : [],
                isSdJwt ? [] : [.. Items(meta, "type_values", $"{place}/meta", MaxItems).Select(
                    (types, i) => Names(types, $"{place}/meta/type_values/{i}"))],
                claims, sets);
        }

        private CredentialSet Set(JsonElement one, string place, List<CredentialQuery> credentials)
        {
            Expect(one, place, "options", "required");
            var options = Items(one, "options", place, MaxItems)
                .Select((option, i) => Names(option, $"{place}/options/{i}")).ToList();
            if (options.Count == 0) Note($"{place}/options", "must be a list with at least one option.");
            foreach (string id in options.SelectMany(option => option).Where(
                id => credentials.All(credential => credential.Id != id)))
                Note($"{place}/options", $"names {id}, which no credential query has as its id.");
            return new CredentialSet(options, Flag(one, "required", true, place));
        }

        private ClaimQuery Claim(JsonElement one, string place)
        {
            Expect(one, place, "id", "path", "values");
            var path = Items(one, "path", place, MaxItems).ToList();
            if (path.Count == 0 || path.Any(step => step.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)
                && !(step.ValueKind == JsonValueKind.Number && step.TryGetInt32(out int index) && index >= 0)))
                Note($"{place}/path", "must be a list of member names, indexes from 0, and null for all elements.");
            var values = Items(one, "values", place, MaxItems).ToList();
            if (values.Any(value => value.ValueKind is not (JsonValueKind.String or JsonValueKind.True
                or JsonValueKind.False) && !(value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _))))
                Note($"{place}/values", "must be a list of texts, whole numbers, true or false.");
            bool hasId = one.ValueKind == JsonValueKind.Object && one.TryGetProperty("id", out _);
            return new ClaimQuery(
                hasId ? NameOf(one, place) : null, [.. path.Select(step => step.Clone())],
                [.. values.Select(value => value.Clone())]);
        }

        private void Expect(JsonElement one, string place, params ReadOnlySpan<string> names)
        {
            if (one.ValueKind != JsonValueKind.Object)
            {
                Note(place, "must be an object.");
                return;
            }

            foreach (var member in one.EnumerateObject())
            {
                if (!names.Contains(member.Name)) Note($"{place}/{member.Name}", Nothing);
            }
        }

        private JsonElement[] Items(JsonElement one, string name, string place, int most)
        {
            if (one.ValueKind != JsonValueKind.Object || !one.TryGetProperty(name, out var list)) return [];
            if (list.ValueKind == JsonValueKind.Array && list.GetArrayLength() is > 0 && list.GetArrayLength() <= most)
                return [.. list.EnumerateArray()];
            Note($"{place}/{name}", $"must be a list of 1 to {most}.");
            return [];
        }

        private IReadOnlyList<string> Names(JsonElement list, string place)
        {
            if (list.ValueKind == JsonValueKind.Array && list.GetArrayLength() is > 0 and <= MaxItems)
                return [.. list.EnumerateArray().Select((one, i) => TextIn(one, $"{place}/{i}"))];
            Note(place, $"must be a list of 1 to {MaxItems} texts.");
            return [];
        }

        private string NameOf(JsonElement one, string place)
        {
            string id = Text(one, "id", place);
            if (id.Length > 0 && !Name().IsMatch(id))
                Note($"{place}/id", "must be up to 64 letters, digits, _ and -.");
            return id;
        }

        private string Text(JsonElement one, string name, string place)
        {
            if (one.ValueKind == JsonValueKind.Object && one.TryGetProperty(name, out var value))
                return TextIn(value, $"{place}/{name}");
            Note($"{place}/{name}", "is missing.");
            return "";
        }

        private string TextIn(JsonElement value, string place)
        {
            if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= 2000 } text)
                return text;
            Note(place, "must be a text that is not empty.");
            return "";
        }

        private bool Flag(JsonElement one, string name, bool otherwise, string place)
        {
            if (one.ValueKind != JsonValueKind.Object || !one.TryGetProperty(name, out var value)) return otherwise;
            if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
            Note($"{place}/{name}", "must be true or false.");
            return otherwise;
        }

        private void Note(string place, string reason) => Faults.Add(new FieldFault(place, reason));
    }
}

/// <summary>One credential that is asked for.</summary>
/// <param name="Id">Its name in the query.</param>
/// <param name="Format">One of <see cref="PresentationFormat"/>.</param>
/// <param name="IsMultiple">Whether several may be presented.</param>
/// <param name="IsBound">Whether the wallet proves that it is its learner's.</param>
/// <param name="Types">The types (<c>vct</c>) that it may have; none takes all.</param>
/// <param name="TypeSets">The types that it has to have, all of one of these; none takes all.</param>
/// <param name="Claims">What is to be shown of it.</param>
/// <param name="ClaimSets">Which claims together; none asks for all.</param>
internal sealed record CredentialQuery(
    string Id, string Format, bool IsMultiple, bool IsBound, IReadOnlyList<string> Types,
    IReadOnlyList<IReadOnlyList<string>> TypeSets, IReadOnlyList<ClaimQuery> Claims,
    IReadOnlyList<IReadOnlyList<string>> ClaimSets)
{
    /// <summary>Says what a credential lacks of what was asked for; null if nothing.</summary>
    /// <param name="credential">All that is shown of it.</param>
    /// <param name="types">The types that its token names.</param>
    public string? FaultOf(JsonElement credential, IReadOnlyCollection<string> types)
    {
        if (Types.Count > 0 && !Types.Any(types.Contains)) return $"{Id} is of another type (vct) than was asked for.";
        string[] has = credential.TryGetProperty("type", out var said) && said.ValueKind == JsonValueKind.Array
            ? [.. said.EnumerateArray().Select(one => one.GetString() ?? "")] : [];
        if (TypeSets.Count > 0 && !TypeSets.Any(set => set.All(one => has.Contains(LastOf(one)))))
            return $"{Id} is of another type than was asked for.";
        var sets = ClaimSets.Count > 0 ? ClaimSets : [[.. Claims.Select((_, i) => $"{i}")]];
        if (sets.Any(set => set.All(Holds))) return null;
        var first = Claims.First(claim => !claim.IsIn(credential));
        return $"{Id} does not show {string.Join('/', first.Path)} as it was asked for.";

        bool Holds(string name) => (ClaimSets.Count > 0 ? Claims.First(claim => claim.Id == name)
            : Claims[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)]).IsIn(credential);
    }

    // Types may be asked for by their whole address.
    private static string LastOf(string type) => type[(type.LastIndexOfAny(['#', '/']) + 1)..];
}

/// <summary>Credentials that are asked for together.</summary>
/// <param name="Options">The ids of credential queries: all of one of these.</param>
/// <param name="IsRequired">Whether it has to be.</param>
internal sealed record CredentialSet(IReadOnlyList<IReadOnlyList<string>> Options, bool IsRequired);

/// <summary>One claim that is asked for.</summary>
/// <param name="Id">Its name in the query, if it has one.</param>
/// <param name="Path">Where it stands.</param>
/// <param name="Values">The values that it may have; none takes all.</param>
internal sealed record ClaimQuery(string? Id, IReadOnlyList<JsonElement> Path, IReadOnlyList<JsonElement> Values)
{
    /// <summary>Whether a credential shows it (OpenID4VP 1.0, 7).</summary>
    public bool IsIn(JsonElement credential)
    {
        IEnumerable<JsonElement> found = [credential];
        foreach (var step in Path) found = found.SelectMany(one => Step(one, step)).ToList();
        return Values.Count == 0
            ? found.Any() : found.Any(one => Values.Any(value => JsonElement.DeepEquals(one, value)));
    }

    private static IEnumerable<JsonElement> Step(JsonElement one, JsonElement step) => step.ValueKind switch
    {
        JsonValueKind.String when one.ValueKind == JsonValueKind.Object =>
            one.TryGetProperty(step.GetString()!, out var member) ? [member] : [],
        JsonValueKind.Number when one.ValueKind == JsonValueKind.Array =>
            step.GetInt32() < one.GetArrayLength() ? [one[step.GetInt32()]] : [],
        JsonValueKind.Null when one.ValueKind == JsonValueKind.Array => one.EnumerateArray(),
        _ => [],
    };
}

/// <summary>OpenID4VP's names of the formats that wallets may present in.</summary>
internal static class PresentationFormat
{
    /// <summary>An SD-JWT VC with the wallet's proof of its key.</summary>
    public const string SdJwt = "dc+sd-jwt";

    /// <summary>VC-JWTs in a presentation that the wallet signs.</summary>
    public const string VcJwt = "jwt_vc_json";

    /// <summary>Data Integrity documents in such a presentation.</summary>
    public const string DataIntegrity = "ldp_vc";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [SdJwt, VcJwt, DataIntegrity];
}
