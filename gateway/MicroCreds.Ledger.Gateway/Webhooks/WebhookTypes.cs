namespace MicroCreds.Ledger.Gateway.Webhooks;

/// <summary>The types of what webhooks are told.</summary>
public static class WebhookTypes
{
    /// <summary>A credential of this institution, issued alone, is on the ledger.</summary>
    public const string CredentialIssued = "credential.issued";

    /// <summary>A credential of this institution was suspended, reinstated or revoked.</summary>
    public const string CredentialStatusChanged = "credential.statusChanged";

    /// <summary>A batch of this institution is on the ledger, or was refused for good.</summary>
    public const string BatchDone = "batch.done";

    /// <summary>An agreement that names this institution, or an amendment, was offered.</summary>
    public const string AgreementOffered = "agreement.offered";

    /// <summary>A party accepted such an agreement.</summary>
    public const string AgreementAccepted = "agreement.accepted";

    /// <summary>A party gave notice, or turned down what was offered.</summary>
    public const string AgreementNoticeGiven = "agreement.noticeGiven";

    /// <summary>A ballot was proposed.</summary>
    public const string BallotProposed = "ballot.proposed";

    /// <summary>A member voted, and the ballot is open still.</summary>
    public const string BallotVoted = "ballot.voted";

    /// <summary>A vote decided a ballot.</summary>
    public const string BallotDecided = "ballot.decided";

    /// <summary>Nothing happened: somebody tries whether the webhook is told.</summary>
    public const string Test = "webhook.test";

    /// <summary>What a webhook can ask for. A test comes to each.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        CredentialIssued, CredentialStatusChanged, BatchDone, AgreementOffered, AgreementAccepted,
        AgreementNoticeGiven, BallotProposed, BallotVoted, BallotDecided,
    ];
}
