using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// Gives each issuance its own range of positions in a status list, never the same twice. A store that was restored
/// from an older copy learns from the contract's refusal that a list is further than it knows, and begins another.
/// Thread-safe.
/// </summary>
public sealed class StatusLists(GatewayStore store) : IDisposable
{
    /// <summary>
    /// How many positions are set aside at a time, so that a lone credential needs no write of its own.
    /// </summary>
    public const int Reservation = 1024;

    private readonly SemaphoreSlim _turn = new(1);

    private const string PrefixSetting = "statusLists";
    private const int PrefixBytes = 4;

    // Where this process takes from: the store says where everybody's next range comes from.
    private string _prefix = "";
    private long _list;
    private int _next;
    private int _end;

    /// <summary>Takes a range.</summary>
    /// <returns>The list's name and the first position.</returns>
    public async Task<(string List, int Offset)> TakeAsync(int size)
    {
        await _turn.WaitAsync();
        try
        {
            if (_next + size > _end)
                await ReserveAsync(size);
            int offset = _next;
            _next += size;
            return ($"{_prefix}-{_list}", offset);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Leaves a list alone from now on: the next range comes from one that nobody has ever named.</summary>
    public async Task AbandonAsync(string list)
    {
        await _turn.WaitAsync();
        try
        {
            // Several issuances, and several gateways, may be refused for the same list.
            string fresh = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(PrefixBytes));
            string prefix = await store.Database.WriteAsync(connection =>
            {
                string current = PrefixIn(connection);
                if (!list.StartsWith(current + "-", StringComparison.Ordinal)) return current;
                GatewayStore.WriteSetting(connection, PrefixSetting, Encoding.UTF8.GetBytes(fresh));
                return fresh;
            });
            if (prefix != _prefix)
                (_prefix, _next, _end) = (prefix, 0, 0);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task ReserveAsync(int size)
    {
        int wanted = Math.Max(size, Reservation);
        (_prefix, _list, _next) = await store.Database.WriteAsync(connection =>
        {
            var (number, used) = LatestIn(connection);
            if (number == 0 || used + wanted > Limits.StatusListSize)
                (number, used) = (number + 1, 0);
            using var write = connection.Prepare(
                "INSERT INTO status_list VALUES ($0, $1) ON CONFLICT (number) DO UPDATE SET used = excluded.used", 2);
            write.With(number, used + wanted).ExecuteNonQuery();
            return (PrefixIn(connection), number, (int)used);
        });
        _end = _next + wanted;
    }

    private static (long Number, long Used) LatestIn(DbConnection connection)
    {
        using var select = connection.Prepare("SELECT number, used FROM status_list ORDER BY number DESC LIMIT 1", 0);
        using var reader = select.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetInt64(1)) : (0, Limits.StatusListSize);
    }

    // Two stores of one institution, or one that was lost, must not name the same list.
    private string PrefixIn(DbConnection connection) =>
        GatewayStore.ReadSetting(connection, PrefixSetting) is { } written
            ? Encoding.UTF8.GetString(written)
            : Convert.ToHexStringLower(store.Secret.AsSpan(0, PrefixBytes));
}
