namespace MicroCreds.Ledger.Store;

/// <summary>
/// Which pathways of the institution are milestones of another: smaller awards on the way. Thread-safe.
/// </summary>
public sealed class Milestones(GatewayStore store)
{
    /// <summary>The most of one pathway.</summary>
    public const int MaxOfOne = 16;

    /// <summary>Lists those of one version of a pathway, by their names.</summary>
    public IReadOnlyList<MilestoneStep> List(string pathway, int version)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            "SELECT step, step_version, automatic FROM milestone WHERE pathway = $0 AND version = $1 ORDER BY step", 2)
            .With(pathway, version).ExecuteReader();
        var found = new List<MilestoneStep>();
        while (rows.Read()) found.Add(new MilestoneStep(rows.GetString(0), rows.GetInt32(1), rows.GetInt32(2) != 0));
        return found;
    }

    /// <summary>Sets those of one version of a pathway, in place of what was set before.</summary>
    public Task SetAsync(string pathway, int version, IReadOnlyList<MilestoneStep> milestones) =>
        store.Database.WriteAsync(connection =>
        {
            using var delete = connection.Prepare("DELETE FROM milestone WHERE pathway = $0 AND version = $1", 2);
            delete.With(pathway, version).ExecuteNonQuery();
            using var insert = connection.Prepare("INSERT INTO milestone VALUES ($0, $1, $2, $3, $4)", 5);
            foreach (var one in milestones)
                insert.With(pathway, version, one.Step, one.Version, one.IsAutomatic ? 1 : 0).ExecuteNonQuery();
        });
}

/// <summary>A milestone of a pathway.</summary>
/// <param name="Step">The pathway that is the step: what is complete by it is reached.</param>
/// <param name="Version">The step's version.</param>
/// <param name="IsAutomatic">Whether its award is given without anybody's looking, to who is known to be the learner.
/// </param>
public sealed record MilestoneStep(string Step, int Version, bool IsAutomatic);
