using System.Data.Common;
using MicroCreds.Ledger.Store.Postgres;
using MicroCreds.Ledger.Store.Sqlite;
using Npgsql;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// Which awards were issued or are being issued, by <see cref="AwardKeys"/>. Used inside the writer's transaction, in
/// which nobody else writes, so that two requests at once cannot both find nothing. Not thread-safe.
/// </summary>
public abstract class AwardIndex
{
    /// <summary>The index behind a writer's connection.</summary>
    /// <param name="connection">The writer's.</param>
    /// <param name="asked">What will be looked for.</param>
    internal static AwardIndex Of(DbConnection connection, IReadOnlyList<AwardKeys> asked) =>
        connection is NpgsqlConnection postgres
            ? new PostgresAwardIndex(postgres, asked)
            : SqliteAwardIndex.Of(connection);

    /// <summary>Finds what stands in an award's way.</summary>
    /// <param name="keys">The award that is asked for.</param>
    /// <param name="stands">Whether one that was issued still counts: a revoked one does not.</param>
    public FoundAward? Find(AwardKeys keys, Func<FoundAward, bool> stands)
    {
        ArgumentNullException.ThrowIfNull(keys);
        foreach (ulong identity in keys.Identities)
        {
            if (List(identity).FirstOrDefault(stands) is { } same) return same with { IsSamePerson = true };
        }

        return List(keys.Name, keys.Kinds).FirstOrDefault(stands);
    }

    /// <summary>Lists what was awarded to whom a key names, oldest first.</summary>
    public IReadOnlyList<FoundAward> ListOf(ulong key) => List(key);

    /// <summary>Notes the awards of an issuance, by their rows.</summary>
    internal abstract void Add(IReadOnlyList<AwardKeys> rows, long issuance);

    /// <summary>Forgets what a row awarded, without a trace.</summary>
    internal abstract void Forget(long issuance, int row);

    /// <summary>Forgets what an issuance awarded.</summary>
    internal abstract void Forget(long issuance);

    /// <summary>Lists what is there under a key, oldest first.</summary>
    /// <param name="key">The key.</param>
    /// <param name="otherThan">Kinds of identity, none of which was named with what is listed. Default is none.</param>
    private protected abstract IReadOnlyList<FoundAward> List(ulong key, int otherThan = 0);
}

/// <summary>An award that is there already.</summary>
/// <param name="Issuance">The number of its issuance.</param>
/// <param name="Row">The row of its request.</param>
/// <param name="Kinds">Which kinds of identity it was asked for with.</param>
/// <param name="Root">Its issuance's root; none while it is not built.</param>
/// <param name="State">One of <see cref="IssuanceState"/>.</param>
/// <param name="Id">The UUID of its identifier; none while it is not built.</param>
/// <param name="Leaf">Its index in the tree; none while it is not built.</param>
public sealed record FoundAward(
    long Issuance, int Row, int Kinds, string? Root, string State, Guid? Id, int? Leaf)
{
    /// <summary>Whether mail address, student number or identifier say that it is the same person's.</summary>
    public bool IsSamePerson { get; init; }
}
