namespace MicroCreds.Ledger.Store;

/// <summary>An address that is told what happens.</summary>
public sealed record Webhook
{
    /// <summary>Its name in addresses: random, 32 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>Where it is told.</summary>
    public required string Url { get; init; }

    /// <summary>The types of what it is told; none is all.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>What people call it.</summary>
    public string? Description { get; init; }

    /// <summary>When it was registered.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What is signed with.</summary>
    public required string Secret { get; init; }

    /// <summary>What was signed with before.</summary>
    public string? OldSecret { get; init; }

    /// <summary>Until when it is signed with that, too.</summary>
    public DateTimeOffset? OldSecretUntil { get; init; }

    /// <summary>One of <see cref="WebhookState"/>.</summary>
    public required string State { get; init; }

    /// <summary>Why it is disabled, one of <see cref="WebhookCause"/>.</summary>
    public string? Cause { get; init; }

    /// <summary>Since when it is in its state.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Since when no attempt has succeeded; none if the last one has.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Why the last attempt failed; none if it did not.</summary>
    public string? Fault { get; init; }

    /// <summary>Until when it asked to be left in peace.</summary>
    public DateTimeOffset? PausedUntil { get; init; }

    /// <summary>How far it was told of the ledger; what lies behind is still to be told.</summary>
    public required LedgerPlace Told { get; init; }

    /// <summary>Whether it is told what is of a type.</summary>
    public bool Wants(string type) => Types.Count == 0 || Types.Contains(type, StringComparer.Ordinal);
}

/// <summary>A place in a ledger's chain.</summary>
/// <param name="Ledger">The ledger's name.</param>
/// <param name="Block">The block; -1 before the first.</param>
/// <param name="Position">The transaction's position in it.</param>
public sealed record LedgerPlace(string Ledger, long Block, int Position);

/// <summary>The states of a webhook.</summary>
public static class WebhookState
{
    /// <summary>It is told.</summary>
    public const string Active = "active";

    /// <summary>It is not told; what it should be told is kept.</summary>
    public const string Disabled = "disabled";
}

/// <summary>Why a webhook is disabled.</summary>
public static class WebhookCause
{
    /// <summary>Somebody disabled it.</summary>
    public const string ByHand = "byHand";

    /// <summary>It answered 410 Gone.</summary>
    public const string Gone = "gone";

    /// <summary>No attempt has succeeded for long.</summary>
    public const string Failing = "failing";
}

/// <summary>What is to be told: the same, with the same identifier, to each webhook that wants it.</summary>
/// <param name="Id">Its identifier, the same however often it is found.</param>
/// <param name="Type">Its type.</param>
/// <param name="Credential">The UUID of the credential that it names by that, if it does.</param>
/// <param name="Payload">What is sent: JSON.</param>
public sealed record WebhookMessage(string Id, string Type, Guid? Credential, string Payload);

/// <summary>What a webhook is to be told, or was.</summary>
public sealed record WebhookDelivery
{
    /// <summary>The webhook.</summary>
    public required string Webhook { get; init; }

    /// <summary>The message's identifier.</summary>
    public required string Message { get; init; }

    /// <summary>The message's type.</summary>
    public required string Type { get; init; }

    /// <summary>What is sent: JSON.</summary>
    public required string Payload { get; init; }

    /// <summary>When it was put into the queue.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>One of <see cref="DeliveryState"/>.</summary>
    public required string State { get; init; }

    /// <summary>How often it was tried.</summary>
    public required int Attempts { get; init; }

    /// <summary>When it is to be tried next, while it waits.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>When it was tried last.</summary>
    public DateTimeOffset? TriedAt { get; init; }

    /// <summary>What the webhook answered last: an HTTP status; none if it did not.</summary>
    public int? Status { get; init; }

    /// <summary>Why the last attempt failed; none if it did not.</summary>
    public string? Fault { get; init; }
}

/// <summary>The states of a delivery.</summary>
public static class DeliveryState
{
    /// <summary>It is to be tried, for the first time or again.</summary>
    public const string Waiting = "waiting";

    /// <summary>The webhook took it.</summary>
    public const string Delivered = "delivered";

    /// <summary>It was tried as often as things are tried; somebody may have it sent again.</summary>
    public const string Failed = "failed";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [Waiting, Delivered, Failed];
}
