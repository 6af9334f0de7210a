using System.Globalization;
using MicroCreds.Ledger.Gateway.Signing;
using MicroCreds.Ledger.Keys.AwsKms;
using MicroCreds.Ledger.Keys.Pkcs11;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Configuration;

/// <summary>Reads where keys lie that are in no file.</summary>
internal static class KeyPlaceReader
{
    private const string Module = "Pkcs11Module";
    private const string Token = "Pkcs11Token";
    private const string PinFile = "Pkcs11PinFile";
    private const string Sessions = "Pkcs11Sessions";
    private const string Region = "AwsKmsRegion";
    private const string Endpoint = "AwsKmsEndpoint";
    private const string Place = "IssuerKeyPlace";
    private const string Label = "IssuerKeyLabel";

    private const int MaxSessions = 1024;

    /// <summary>The settings that it knows.</summary>
    public static readonly IReadOnlyList<string> Settings =
        [Module, Token, PinFile, Sessions, Region, Endpoint, Place, Label];

    /// <summary>Reads them, and adds a sentence for each fault.</summary>
    public static KeyPlaceOptions Read(IConfigurationSection section, List<string> faults)
    {
        string[] token = [.. new[] { Module, Token, PinFile }.Where(name => Optional(section, name) is null)];
        bool hasToken = token.Length == 0;
        if (token.Length is 1 or 2 || (token.Length == 3 && Optional(section, Sessions) is not null))
            faults.Add($"{string.Join(" and ", token)}: missing; a token needs {Module}, {Token} and {PinFile}.");
        CheckFile(section, Module, faults);
        CheckFile(section, PinFile, faults);
        var place = PlaceOf(section, faults);
        if (place == IssuerKeyPlace.Token && token.Length == 3)
            faults.Add($"{Place} is {place}: name the token by {Module}, {Token} and {PinFile}.");
        if (place == IssuerKeyPlace.AwsKms && IsEd25519(section))
            faults.Add($"{Place} is {place}, where keys are P256: IssuerKeyAlgorithm cannot be Ed25519.");
        string label = Optional(section, Label) ?? $"{section[nameof(GatewayServiceOptions.MspId)]}-issuer";
        if (!label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            faults.Add($"{Label} is \"{label}\": it may hold letters, digits, - and _.");
        return new KeyPlaceOptions
        {
            Token = hasToken
                ? new Pkcs11Options
                {
                    Module = section[Module]!,
                    Token = section[Token]!,
                    PinFile = section[PinFile]!,
                    MaxSessions = SessionsOf(section, faults),
                }
                : null,
            AwsKms = new AwsKmsOptions
            {
                Region = Optional(section, Region),
                Endpoint = EndpointOf(section, faults),
            },
            Issuers = place,
            IssuerLabel = label,
        };
    }

    /// <summary>Checks the address of a key that is in no file.</summary>
    public static void CheckAddress(IConfigurationSection section, string name, string address, List<string> faults)
    {
        if (!address.StartsWith(KeyPlaceOptions.TokenScheme, StringComparison.Ordinal))
            return;
        if (TokenKeyAddress.LabelOf(address).Length == 0)
        {
            faults.Add($"{name} is \"{address}\": a key in the token is named pkcs11:object=LABEL; token, library and "
                + "PIN have settings of their own.");
        }

        if (Optional(section, Module) is null)
            faults.Add($"{name} names a key in a token: name the token by {Module}, {Token} and {PinFile}.");
    }

    private static IssuerKeyPlace PlaceOf(IConfigurationSection section, List<string> faults)
    {
        if (Optional(section, Place) is not { } text)
            return IssuerKeyPlace.Files;
        string[] known = Enum.GetNames<IssuerKeyPlace>();
        if (known.Contains(text, StringComparer.OrdinalIgnoreCase))
            return Enum.Parse<IssuerKeyPlace>(text, ignoreCase: true);
        faults.Add($"{Place} is \"{text}\": it must be {string.Join(" or ", known)}.");
        return IssuerKeyPlace.Files;
    }

    private static bool IsEd25519(IConfigurationSection section) => string.Equals(
        section[nameof(GatewayServiceOptions.IssuerKeyAlgorithm)], nameof(KeyAlgorithm.Ed25519),
        StringComparison.OrdinalIgnoreCase);

    private static int SessionsOf(IConfigurationSection section, List<string> faults)
    {
        if (Optional(section, Sessions) is not { } text)
            return Pkcs11Options.DefaultMaxSessions;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number is > 0 and <= MaxSessions)
            return number;
        faults.Add($"{Sessions} is \"{text}\": it must be a whole number from 1 to {MaxSessions}.");
        return Pkcs11Options.DefaultMaxSessions;
    }

    private static string? EndpointOf(IConfigurationSection section, List<string> faults)
    {
        string? endpoint = Optional(section, Endpoint);
        if (endpoint is not null
            && (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address)
                || address.Scheme is not ("http" or "https")))
            faults.Add($"{Endpoint} is \"{endpoint}\": it must be an absolute http or https address.");
        return endpoint;
    }

    private static void CheckFile(IConfigurationSection section, string name, List<string> faults)
    {
        if (Optional(section, name) is { } path && !File.Exists(path))
            faults.Add($"{name} is \"{path}\": there is no such file.");
    }

    private static string? Optional(IConfigurationSection section, string name) =>
        string.IsNullOrWhiteSpace(section[name]) ? null : section[name];
}
