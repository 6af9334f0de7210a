namespace MicroCreds.Ledger.Store;

/// <summary>A mail to a learner about a credential, or about what the learner asked for.</summary>
public sealed record MailDelivery
{
    /// <summary>
    /// The UUID of the credential's identifier; of <see cref="DeliveryKind.Declined"/> that of the application, and of
    /// what is told of practice that of the practice.
    /// </summary>
    public required Guid Credential { get; init; }

    /// <summary>Its number among the mails about this credential, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>One of <see cref="DeliveryKind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Whom it is sent to.</summary>
    public required MailTo To { get; init; }

    /// <summary>One of <see cref="MailState"/>.</summary>
    public required string State { get; init; }

    /// <summary>How often it was tried.</summary>
    public required int Attempts { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is tried next, while it waits.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>When the mail server took it.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>What the mail server said that did not take it, or who sent it back.</summary>
    public string? Fault { get; init; }
}

/// <summary>What a mail tells.</summary>
public static class DeliveryKind
{
    /// <summary>That there is a credential, and how to get it.</summary>
    public const string Claim = "claim";

    /// <summary>That it was suspended.</summary>
    public const string Suspended = "suspended";

    /// <summary>That it stands again.</summary>
    public const string Reinstated = "reinstated";

    /// <summary>That it was revoked.</summary>
    public const string Revoked = "revoked";

    /// <summary>That another one takes its place.</summary>
    public const string Superseded = "superseded";

    /// <summary>That an award is not made that a learner asked for.</summary>
    public const string Declined = "declined";

    /// <summary>Where a learner practises.</summary>
    public const string Practice = "practice";

    /// <summary>That a credential is not issued that a learner asked for after practising.</summary>
    public const string PracticeDeclined = "practiceDeclined";
}

/// <summary>How far a mail is.</summary>
public static class MailState
{
    /// <summary>Its credential is not on the ledger yet.</summary>
    public const string Held = "held";

    /// <summary>It is to be sent.</summary>
    public const string Waiting = "waiting";

    /// <summary>The mail server took it.</summary>
    public const string Sent = "sent";

    /// <summary>It was not taken, and is not tried any more.</summary>
    public const string Failed = "failed";

    /// <summary>It was taken, and came back.</summary>
    public const string Bounced = "bounced";

    /// <summary>All that can be asked for.</summary>
    public static readonly IReadOnlyList<string> All = [Waiting, Sent, Failed, Bounced];
}
