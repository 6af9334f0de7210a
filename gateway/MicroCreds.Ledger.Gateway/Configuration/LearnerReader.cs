using System.Globalization;
using MicroCreds.Ledger.Gateway.Mailing;
using MicroCreds.Ledger.Gateway.Pages;
using MimeKit;

namespace MicroCreds.Ledger.Gateway.Configuration;

/// <summary>Reads how credentials reach learners.</summary>
internal static class LearnerReader
{
    private const string Mail = "Mail";
    private const string Learner = "Learner";
    private const string Server = Mail + nameof(LearnerOptions.Server);
    private const string User = Mail + nameof(LearnerOptions.User);
    private const string PasswordFile = Mail + nameof(LearnerOptions.PasswordFile);
    private const string From = Mail + nameof(LearnerOptions.From);
    private const string Language = Mail + nameof(LearnerOptions.Language);
    private const string TextsFile = Mail + nameof(LearnerOptions.TextsFile);
    private const string PerMinute = Mail + nameof(LearnerOptions.PerMinute);
    private const string ClaimLifetime = Learner + nameof(LearnerOptions.ClaimLifetime);
    private const string Off = Learner + nameof(LearnerOptions.Off);

    /// <summary>The settings that it knows.</summary>
    public static readonly IReadOnlyList<string> Settings =
        [Server, User, PasswordFile, From, Language, TextsFile, PerMinute, ClaimLifetime, Off];

    /// <summary>Reads them, and adds a sentence for each fault.</summary>
    public static LearnerOptions Read(IConfigurationSection section, List<string> faults)
    {
        var standard = new LearnerOptions();
        var options = new LearnerOptions
        {
            Server = CheckedServer(Optional(section, Server), faults),
            User = Optional(section, User),
            PasswordFile = ExistingFile(section, PasswordFile, faults),
            From = Optional(section, From),
            Language = CheckedLanguage(Optional(section, Language), faults) ?? standard.Language,
            TextsFile = ExistingFile(section, TextsFile, faults),
            PerMinute = Number(section, faults) ?? standard.PerMinute,
            ClaimLifetime = Duration(section, faults) ?? standard.ClaimLifetime,
            Off = Channels(section, faults),
        };
        if (options is { Server: not null, IsMailbox: false } && (options.From is null || !IsAddress(options.From)))
        {
            faults.Add(
                $"{From} is \"{options.From}\": mails need an address to be from, such as "
                + "\"Registrar <registrar@university.example>\".");
        }

        if (options.User is null != options.PasswordFile is null)
            faults.Add($"{User} and {PasswordFile}: name both or neither.");
        if (options.TextsFile is { } texts && MailTexts.FaultOf(texts) is { } fault)
            faults.Add($"{TextsFile} is \"{texts}\": {fault}");
        return options;
    }

    private static bool IsAddress(string text) => MailboxAddress.TryParse(text, out var address)
        && address.Address.Contains('@', StringComparison.Ordinal);

    private static string? CheckedServer(string? text, List<string> faults)
    {
        if (text is null or LearnerOptions.Mailbox) return text;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("smtp" or "smtps")
            || address.Host.Length == 0 || address.UserInfo.Length > 0 || address.AbsolutePath.Length > 1)
        {
            faults.Add(
                $"{Server} is \"{text}\": it must be smtp://host:port, smtps://host:port or {LearnerOptions.Mailbox}; "
                + $"who signs in stands in {User} and {PasswordFile}.");
        }

        return text;
    }

    private static string? CheckedLanguage(string? text, List<string> faults)
    {
        if (text is not null && !PageText.Languages.Contains(text))
            faults.Add($"{Language} is \"{text}\": it must be one of {string.Join(", ", PageText.Languages)}.");
        return text;
    }

    private static string? ExistingFile(IConfigurationSection section, string name, List<string> faults)
    {
        string? path = Optional(section, name);
        if (path is not null && !File.Exists(path)) faults.Add($"{name} is \"{path}\": there is no such file.");
        return path;
    }

    private static int? Number(IConfigurationSection section, List<string> faults)
    {
        if (Optional(section, PerMinute) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0)
            return number;
        faults.Add($"{PerMinute} is \"{text}\": it must be a whole number from 1.");
        return null;
    }

    private static TimeSpan? Duration(IConfigurationSection section, List<string> faults)
    {
        if (Optional(section, ClaimLifetime) is not { } text) return null;
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) && duration > TimeSpan.Zero)
            return duration;
        faults.Add(
            $"{ClaimLifetime} is \"{text}\": it must be a duration as hh:mm:ss or d.hh:mm:ss, longer than nothing.");
        return null;
    }

    private static LearnerChannels Channels(IConfigurationSection section, List<string> faults)
    {
        var off = LearnerChannels.None;
        string[] names = (Optional(section, Off) ?? "").Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (string name in names)
        {
            if (Enum.TryParse<LearnerChannels>(name, ignoreCase: true, out var channel)
                && Enum.IsDefined(channel) && !char.IsAsciiDigit(name[0]))
            {
                off |= channel;
                continue;
            }

            faults.Add(
                $"{Off} holds \"{name}\": it must be of mail, claims, shares, files, awards, practice, wallets.");
        }

        return off;
    }

    private static string? Optional(IConfigurationSection section, string name) =>
        string.IsNullOrWhiteSpace(section[name]) ? null : section[name]!.Trim();
}
