using System.Net;
using MicroCreds.Ledger.Gateway.Access;

namespace MicroCreds.Ledger.Gateway.Configuration;

/// <summary>Reads how people sign in, all of whose settings begin with <c>Oidc</c>.</summary>
internal static class SignOnReader
{
    private const string Prefix = "Oidc";
    private const string Secret = Prefix + "ClientSecretFile";
    private const string Roles = Prefix + "Roles";
    private const string Scopes = Prefix + "Scopes";
    private const string NameClaim = Prefix + "NameClaim";
    private const string Authority = Prefix + nameof(SignOnOptions.Authority);
    private const string ClientId = Prefix + nameof(SignOnOptions.ClientId);
    private const string Audience = Prefix + nameof(SignOnOptions.Audience);

    /// <summary>The settings that it knows.</summary>
    public static readonly IReadOnlyList<string> Settings =
        [Authority, ClientId, Secret, Audience, Scopes, Roles, NameClaim];

    /// <summary>Reads them, and adds a sentence for each fault; none if none is set.</summary>
    /// <param name="section">The settings.</param>
    /// <param name="publicUrl">How the gateway is reached, which the server must lead people back to.</param>
    /// <param name="faults">What is wrong.</param>
    public static SignOnOptions? Read(IConfigurationSection section, string? publicUrl, List<string> faults)
    {
        if (Settings.All(name => string.IsNullOrWhiteSpace(section[name])))
            return null;
        string authority = Required(section, Authority, "the address of the OpenID Connect server", faults);
        string clientId = Required(section, ClientId, "what the server calls this gateway", faults);
        string roles = Required(section, Roles, "which claims give which roles, as role=claim:value;…", faults);
        string? audience = Optional(section, Audience);
        string[] scopes = (Optional(section, Scopes) ?? "openid profile").Split(
            ' ', StringSplitOptions.RemoveEmptyEntries);
        CheckAddress(Authority, authority, faults);
        if (publicUrl is null)
            faults.Add($"PublicUrl is missing: with {Authority} people are led back to it after they signed in.");
        else
            CheckAddress("PublicUrl", publicUrl, faults);
        if (audience is not null && audience == clientId)
        {
            faults.Add($"{Audience} is the {ClientId}: an id token would then pass for an access token. Register the "
                + "gateway's API at the server as a resource of its own name.");
        }

        if (!scopes.Contains("openid"))
            faults.Add($"{Scopes} lacks openid: without it the server does not say who signed in.");
        return new SignOnOptions
        {
            Authority = authority,
            ClientId = clientId,
            ClientSecret = ReadSecret(section, faults),
            Audience = audience,
            Scopes = scopes,
            Rules = roles.Length == 0 ? [] : RoleRule.Read(roles, faults),
            NameClaim = Optional(section, NameClaim) ?? "name",
        };
    }

    private static string? ReadSecret(IConfigurationSection section, List<string> faults)
    {
        if (Optional(section, Secret) is not { } path)
            return null;
        if (!File.Exists(path))
        {
            faults.Add($"{Secret} is \"{path}\": there is no such file.");
            return null;
        }

        string secret = File.ReadAllText(path).Trim();
        if (secret.Length == 0)
            faults.Add($"{Secret} is \"{path}\": the file is empty.");
        return secret;
    }

    // Who can read or alter what passes there, is whoever he wants to be here.
    private static void CheckAddress(string name, string address, List<string> faults)
    {
        if (address.Length == 0)
            return;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri)
            || !(uri.Scheme == "https" || (uri.Scheme == "http" && IsLoopback(uri))))
            faults.Add($"{name} is \"{address}\": for sign-on it must be https; http is taken on loopback alone.");
    }

    private static bool IsLoopback(Uri uri) =>
        uri.IsLoopback || (IPAddress.TryParse(uri.Host, out var address) && IPAddress.IsLoopback(address));

    private static string Required(IConfigurationSection section, string name, string what, List<string> faults)
    {
        if (Optional(section, name) is { } value)
            return value;
        faults.Add($"{name} is missing: {what}. It belongs to the other settings that begin with {Prefix}.");
        return "";
    }

    private static string? Optional(IConfigurationSection section, string name) =>
        string.IsNullOrWhiteSpace(section[name]) ? null : section[name]!.Trim();
}
