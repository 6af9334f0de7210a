using System.Globalization;

namespace MicroCreds.Ledger.Store;

/// <summary>Searches that people keep under a name, each their own. Thread-safe.</summary>
public sealed class SavedViews(GatewayStore store)
{
    /// <summary>The most that one keeps.</summary>
    public const int MaxViews = 50;

    /// <summary>Lists what somebody keeps, in the order in which it was kept.</summary>
    public IReadOnlyList<SavedView> List(string owner)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            "SELECT id, name, query FROM saved_view WHERE owner = $0 ORDER BY id", 1).With(owner).ExecuteReader();
        var found = new List<SavedView>();
        while (rows.Read()) found.Add(new SavedView(rows.GetString(0), rows.GetString(1), rows.GetString(2)));
        return found;
    }

    /// <summary>Keeps a search; one of the same name is replaced.</summary>
    /// <returns>What is kept; null if there are too many.</returns>
    public Task<SavedView?> AddAsync(string owner, string name, string query, DateTimeOffset now)
    {
        var view = new SavedView(Guid.CreateVersion7(now).ToString("N"), name, query);
        return store.Database.WriteAsync<SavedView?>(connection =>
        {
            using var same = connection.Prepare("DELETE FROM saved_view WHERE owner = $0 AND name = $1", 2);
            same.With(owner, name).ExecuteNonQuery();
            using var count = connection.Prepare("SELECT count(*) FROM saved_view WHERE owner = $0", 1);
            long kept = Convert.ToInt64(count.With(owner).ExecuteScalar(), CultureInfo.InvariantCulture);
            if (kept >= MaxViews) return null;
            using var insert = connection.Prepare("INSERT INTO saved_view VALUES ($0, $1, $2, $3, $4)", 5);
            insert.With(view.Id, owner, name, query, now.ToUnixTimeMilliseconds()).ExecuteNonQuery();
            return view;
        });
    }

    /// <summary>Forgets a search.</summary>
    /// <returns>Whether it was kept by that person.</returns>
    public Task<bool> RemoveAsync(string owner, string id) => store.Database.WriteAsync(connection =>
    {
        using var delete = connection.Prepare("DELETE FROM saved_view WHERE owner = $0 AND id = $1", 2);
        return delete.With(owner, id).ExecuteNonQuery() > 0;
    });
}

/// <summary>A search that somebody keeps.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Query">What is looked for, as an address has it, with the question mark.</param>
public sealed record SavedView(string Id, string Name, string Query);
