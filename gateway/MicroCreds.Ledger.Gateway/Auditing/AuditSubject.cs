using System.Globalization;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Auditing;

/// <summary>
/// Names what something is done to. Of an address only what has the form of a name in this house is written down: what
/// people put there by mistake may be about a person, and the log cannot be erased.
/// </summary>
public sealed partial class AuditSubject(DocumentStore documents)
{
    private const string Malformed = "unknown";
    private const string Version = "/v1/";
    private const string Credentials = "/v1/credentials/";
    private const string Desk = "/desk/";
    private const string Requests = "/v1/issuing-requests/";
    private const string DeskRequests = "/desk/requests/";

    /// <summary>What an address names.</summary>
    public string? Of(AuditedAction action, RouteValueDictionary values)
    {
        if (action.Subject is null || values.Count == 0)
            return null;
        if (action.Subject == AuditedRoutes.Credential)
            return OfCredential(Convert.ToString(values["id"], CultureInfo.InvariantCulture) ?? "");
        var parts = values.Values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")
            .Select(value => Name().IsMatch(value) ? value : Malformed);
        return $"{action.Subject}:{string.Join('/', parts)}";
    }

    /// <summary>What has a name that people wrote.</summary>
    public static string Of(string kind, string name) => $"{kind}:{(Name().IsMatch(name) ? name : Malformed)}";

    /// <summary>What an answer made, by where it says that it is.</summary>
    public string? OfLocation(AuditedAction action, string location)
    {
        if (location.StartsWith(DeskRequests, StringComparison.Ordinal))
            location = Requests + location[DeskRequests.Length..].Split('?')[0];
        else if (location.StartsWith(Desk, StringComparison.Ordinal))
            location = Version + location[Desk.Length..].Split('?')[0];
        if (action.Subject is null || !location.StartsWith(Version, StringComparison.Ordinal)
            || location.IndexOf('/', Version.Length) is not (> 0 and var slash))
            return null;
        string[] parts = location[(slash + 1)..].Split('/');
        if (location.StartsWith(Credentials, StringComparison.Ordinal)) return OfCredential(parts[0]);

        // What was to become a credential or a batch may have become a request that waits.
        string kind = location.StartsWith(Requests, StringComparison.Ordinal) ? "issuing-request" : action.Subject;
        return $"{kind}:{string.Join('/', parts.Select(part => Name().IsMatch(part) ? part : Malformed))}";
    }

    /// <summary>A credential's place on the ledger, which stays true when the document is erased.</summary>
    public string OfCredential(string address) =>
        CredentialAddress.TryResolve(address, documents, out _) is { } found
            ? $"{AuditedRoutes.Credential}:{PlaceOf(found)}"
            : $"{AuditedRoutes.Credential}:{Malformed}";

    private static string PlaceOf(CredentialAddress found)
    {
        string place = $"{found.Root}.{found.Index.ToString(CultureInfo.InvariantCulture)}";
        return found.MspId is { } mspId && Name().IsMatch(mspId) ? $"{mspId}.{place}" : place;
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._\-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
