namespace MicroCreds.Ledger.Store;

/// <summary>A statement (xAPI) that is to be kept.</summary>
public sealed record NewStatement
{
    /// <summary>Its identifier.</summary>
    public required Guid Id { get; init; }

    /// <summary>The SHA-256 of what was sent, by which it is known when it is sent again.</summary>
    public required byte[] Digest { get; init; }

    /// <summary>Writes it as it is given out, once it is known when it is stored.</summary>
    public required Func<DateTimeOffset, byte[]> Write { get; init; }

    /// <summary>By what it is found.</summary>
    public required IReadOnlyList<byte[]> Terms { get; init; }

    /// <summary>The statement that it speaks of. Default is none.</summary>
    public Guid? Target { get; init; }

    /// <summary>Whether it says that its target does not count. Default is no.</summary>
    public bool IsVoiding { get; init; }

    /// <summary>Whether it ends the session it is of. Default is no.</summary>
    public bool IsEnd { get; init; }

    /// <summary>What is attached.</summary>
    public IReadOnlyList<StatementAttachment> Attachments { get; init; } = [];

    /// <summary>The practice that it belongs to; none of a simulator that is only tried.</summary>
    public Guid? Practice { get; init; }

    /// <summary>The session that it belongs to.</summary>
    public Guid? Session { get; init; }
}

/// <summary>Something that is attached to a statement.</summary>
/// <param name="Sha2">The SHA-256 of its content, as the statement has it.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Content">Its content.</param>
public sealed record StatementAttachment(string Sha2, string MediaType, byte[] Content);

/// <summary>A statement that is kept.</summary>
/// <param name="Id">Its identifier.</param>
/// <param name="StoredAt">When it was stored.</param>
/// <param name="Session">The session that it belongs to.</param>
/// <param name="Content">What it says, as JSON.</param>
public sealed record KeptStatement(Guid Id, DateTimeOffset StoredAt, Guid? Session, byte[] Content);

/// <summary>What statements are looked for.</summary>
public sealed record StatementQuery
{
    /// <summary>Whose they are.</summary>
    public required string Simulator { get; init; }

    /// <summary>The practice that they belong to. Default is any.</summary>
    public Guid? Practice { get; init; }

    /// <summary>What all of them are found by.</summary>
    public IReadOnlyList<byte[]> Terms { get; init; } = [];

    /// <summary>Stored after. Default is ever.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Stored then or before. Default is until now.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The last one that was given before. Default is none.</summary>
    public DateTimeOffset? After { get; init; }

    /// <summary>Whether the oldest comes first. Default is the newest.</summary>
    public bool IsAscending { get; init; }

    /// <summary>The most to give.</summary>
    public required int Count { get; init; }
}

/// <summary>What became of statements that were to be kept: of all of them the same.</summary>
public enum KeepResult
{
    /// <summary>They are kept, now or since before.</summary>
    Kept,

    /// <summary>One of the same identifier says something else.</summary>
    Conflict,

    /// <summary>One would void what is not there to be voided, or is voiding itself.</summary>
    NotVoidable,

    /// <summary>There are too many of this practice.</summary>
    TooMany,

    /// <summary>
    /// The learner does not agree any more, or has asked for the credential, or the session was ended meanwhile.
    /// </summary>
    Over,
}
