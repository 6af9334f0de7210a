using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using Microsoft.Extensions.Primitives;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>
/// <c>authorization_details</c>: by which a wallet asks for credentials one by one, of its learner and when it asks for
/// tokens (RFC 9396; OpenID4VCI 1.0, 5.1.1 and 6).
/// </summary>
internal static class AuthorizationDetails
{
    /// <summary>Their name.</summary>
    public const string Name = "authorization_details";

    /// <summary>The type of those that ask for a credential.</summary>
    public const string Type = "openid_credential";

    // RFC 9396, 5.
    private const string Invalid = "invalid_authorization_details";

    /// <summary>The forms that a request asks for; null if it does not ask so.</summary>
    /// <exception cref="ProtocolFault">It asks for what there is not.</exception>
    public static IReadOnlyList<string>? FormsOf(Dictionary<string, StringValues> form, IssuerMetadata metadata)
    {
        if (form.Find(Name) is not { } text) return null;
        try
        {
            using var json = StrictJson.Parse(Encoding.UTF8.GetBytes(text));
            string[] forms = json.RootElement.ValueKind != JsonValueKind.Array ? [] :
            [
                .. json.RootElement.EnumerateArray().Select(one =>
                    one.ValueKind == JsonValueKind.Object && ProtocolForms.TextOf(one, "type", Invalid) == Type
                    && metadata.Find(ProtocolForms.TextOf(one, "credential_configuration_id", Invalid)) is { } known
                        ? known.Id
                        : throw new ProtocolFault(
                            Invalid, $"Each must have the type {Type} and a known configuration."))
                    .Distinct(),
            ];
            return forms.Length > 0 ? forms : throw new ProtocolFault(Invalid, "It must be a list of objects.");
        }
        catch (StrictJsonException exception)
        {
            throw new ProtocolFault(Invalid, $"{Name} is no strict JSON: {exception.Message}");
        }
    }

    /// <summary>Narrows what is granted to what a wallet asks for.</summary>
    /// <param name="granted">The forms that it may have.</param>
    /// <param name="wanted">The forms that it asks for; null for all.</param>
    /// <exception cref="ProtocolFault">It asks for more.</exception>
    public static IReadOnlyList<string> Narrow(IReadOnlyList<string> granted, IReadOnlyList<string>? wanted) =>
        (wanted ?? []).FirstOrDefault(one => !granted.Contains(one)) is { } more
            ? throw new ProtocolFault(
                Invalid, $"{more} is not granted: ask for {string.Join(", ", granted)}, or for some of them.")
            : wanted ?? granted;

    /// <summary>Writes what a token is good for.</summary>
    /// <param name="forms">The forms.</param>
    /// <param name="grant">What is granted.</param>
    public static JsonArray Of(IEnumerable<CredentialConfiguration> forms, WalletGrant grant) => new(
    [
        .. forms.Select(form => new JsonObject
        {
            ["type"] = Type,
            ["credential_configuration_id"] = form.Id,
            ["credential_identifiers"] = new JsonArray(
                [.. form.IdentifiersOf(grant).Select(one => (JsonNode)one)]),
        }),
    ]);
}
