using System.Globalization;
using MicroCreds.Ledger.Gateway.Wallets.Offering;

namespace MicroCreds.Ledger.Gateway.Configuration;

/// <summary>Reads how wallets are met.</summary>
internal static class WalletReader
{
    /// <summary>The setting that names the authorities of who attests wallets.</summary>
    public const string Attesters = Prefix + nameof(WalletOptions.Attesters);

    /// <summary>The setting that names the authorities of who attests their keys.</summary>
    public const string KeyAttesters = Prefix + nameof(WalletOptions.KeyAttesters);

    private const string Prefix = "Wallet";
    private const string HighAssurance = Prefix + nameof(WalletOptions.HighAssurance);
    private const string Name = Prefix + nameof(WalletOptions.VerifierName);
    private const string KeyStorage = Prefix + nameof(WalletOptions.KeyStorage);
    private const string UserAuthentication = Prefix + nameof(WalletOptions.UserAuthentication);
    private const string AnswerRetention = Prefix + nameof(WalletOptions.AnswerRetention);

    /// <summary>The longest that answers may be kept.</summary>
    private static readonly TimeSpan MaxRetention = TimeSpan.FromHours(1);

    /// <summary>The settings that it knows.</summary>
    public static readonly IReadOnlyList<string> Settings =
    [
        HighAssurance, Name, Attesters, KeyAttesters, KeyStorage, UserAuthentication, AnswerRetention,
    ];

    /// <summary>Reads them, and adds a sentence for each fault.</summary>
    public static WalletOptions Read(IConfigurationSection section, List<string> faults)
    {
        var options = new WalletOptions
        {
            HighAssurance = YesOrNo(Optional(section, HighAssurance), faults),
            VerifierName = NameOf(Optional(section, Name), faults),
            Attesters = CheckedAttesters(section, Attesters, faults),
            KeyAttesters = CheckedAttesters(section, KeyAttesters, faults),
            KeyStorage = Listed(section, KeyStorage),
            UserAuthentication = Listed(section, UserAuthentication),
            AnswerRetention = Retention(Optional(section, AnswerRetention), faults)
                ?? new WalletOptions().AnswerRetention,
        };
        bool hasCertificate = Optional(section, nameof(GatewayServiceOptions.IssuerCert)) is not null;
        if (options.HighAssurance && !hasCertificate)
        {
            faults.Add(
                $"{HighAssurance} is true: HAIP asks for the issuer key's certificates, so name them by IssuerCert.");
        }

        if (options.VerifierName is VerifierName.X509Hash or VerifierName.X509SanDns && !hasCertificate)
            faults.Add($"{Name} is {options.VerifierName}: that is of a certificate, so name one by IssuerCert.");
        if (options is { HighAssurance: true, VerifierName: not (null or VerifierName.X509Hash) })
            faults.Add($"{Name} is {options.VerifierName}: with {HighAssurance} it can be X509Hash alone.");
        if (options.KeyAttesters is null)
        {
            foreach (string setting in new[] { KeyStorage, UserAuthentication })
            {
                if (Optional(section, setting) is { } said)
                {
                    faults.Add(
                        $"{setting} is \"{said}\": nobody attests that; name the authorities by {KeyAttesters}.");
                }
            }
        }

        return options;
    }

    private static bool YesOrNo(string? text, List<string> faults)
    {
        if (text is null) return false;
        if (bool.TryParse(text, out bool value)) return value;
        faults.Add($"{HighAssurance} is \"{text}\": it must be true or false.");
        return false;
    }

    private static VerifierName? NameOf(string? text, List<string> faults)
    {
        if (text is null) return null;
        if (Enum.TryParse(text, ignoreCase: true, out VerifierName name) && Enum.IsDefined(name)
            && !char.IsAsciiDigit(text[0]))
            return name;
        faults.Add($"{Name} is \"{text}\": it must be {string.Join(", ", Enum.GetNames<VerifierName>())}.");
        return null;
    }

    private static string? CheckedAttesters(IConfigurationSection section, string setting, List<string> faults)
    {
        string? path = Optional(section, setting);
        if (path is not null && NamedAuthorities.FaultOf(path) is { } fault)
            faults.Add($"{setting} is \"{path}\": {fault}");
        return path;
    }

    private static string[] Listed(IConfigurationSection section, string setting) =>
        Optional(section, setting)?.Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static TimeSpan? Retention(string? text, List<string> faults)
    {
        if (text is null) return null;
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) && duration > TimeSpan.Zero
            && duration <= MaxRetention)
            return duration;
        faults.Add(
            $"{AnswerRetention} is \"{text}\": it must be a duration as hh:mm:ss, longer than nothing, of an hour at "
            + "most: what wallets present is personal.");
        return null;
    }

    private static string? Optional(IConfigurationSection section, string name) =>
        string.IsNullOrWhiteSpace(section[name]) ? null : section[name]!.Trim();
}
