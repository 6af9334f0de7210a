namespace MicroCreds.Ledger.Gateway.Configuration;

/// <summary>How credentials reach learners. Settings begin with <c>Mail</c> and <c>Learner</c>.</summary>
public sealed record LearnerOptions
{
    /// <summary>What <see cref="Server"/> says for the mailbox page.</summary>
    public const string Mailbox = "mailbox";

    /// <summary>
    /// The mail server: <c>smtp://host:587</c> (encrypted once connected; only on this computer it may be plain) or
    /// <c>smtps://host:465</c>; or <c>mailbox</c>, which sends nothing and shows on the page <c>/mailbox</c>, to this
    /// computer alone, what would be sent. Default is none: nobody is written to.
    /// </summary>
    public string? Server { get; init; }

    /// <summary>The name to sign in with at the mail server. Default is none.</summary>
    public string? User { get; init; }

    /// <summary>A file with its password. Default is none.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Whom mails are from: an address, with or without a name.</summary>
    public string? From { get; init; }

    /// <summary>The language of learners whose language is not known. Default is English.</summary>
    public string Language { get; init; } = "en";

    /// <summary>
    /// A JSON file with the institution's own words, <c>{ "en": { "mail.claim.subject": "…" } }</c>, in the place of
    /// those that are shipped. Default is none.
    /// </summary>
    public string? TextsFile { get; init; }

    /// <summary>How many mails are sent a minute at most. Default is 600.</summary>
    public int PerMinute { get; init; } = 600;

    /// <summary>How long a link works by which a learner gets a credential. Default is 30 days.</summary>
    public TimeSpan ClaimLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>What is turned off. Default is nothing.</summary>
    public LearnerChannels Off { get; init; } = LearnerChannels.None;

    /// <summary>Whether mails are sent.</summary>
    public bool Mails => Server is not null && Allows(LearnerChannels.Mail);

    /// <summary>Whether mails are shown instead of sent.</summary>
    public bool IsMailbox => Server == Mailbox;

    /// <summary>Whether a way to learners is open.</summary>
    public bool Allows(LearnerChannels channel) => (Off & channel) == 0;
}

/// <summary>The ways on which learners get their credentials, and show them.</summary>
[Flags]
public enum LearnerChannels
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>Mails.</summary>
    Mail = 1,

    /// <summary>Links by which a credential is taken over, on paper or by a portal.</summary>
    Claims = 2,

    /// <summary>Links by which learners show a credential to others.</summary>
    Shares = 4,

    /// <summary>Papers, badges and files.</summary>
    Files = 8,

    /// <summary>Asking for the award of a pathway.</summary>
    Awards = 16,

    /// <summary>Practising in simulators.</summary>
    Practice = 32,

    /// <summary>Offers to wallets.</summary>
    Wallets = 64,
}
