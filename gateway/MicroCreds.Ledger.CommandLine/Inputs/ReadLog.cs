using System.Globalization;
using System.Net;
using System.Text.Json;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Log.Tiles;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.CommandLine.Inputs;

/// <summary>A log as a gateway serves it, below a head that its key signed.</summary>
internal sealed class ReadLog
{
    /// <summary>For how long at most a gateway is waited for that has as many requests as it takes.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly HttpClient _gateway;

    private ReadLog(HttpClient gateway, LogHead head) => (_gateway, Head) = (gateway, head);

    /// <summary>The head.</summary>
    public LogHead Head { get; }

    /// <summary>Reads the head.</summary>
    /// <param name="gateway">The gateway.</param>
    /// <param name="key">The log's verifier key; none is what the gateway says.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="CommandException">The gateway does not answer, or the key did not sign the head.</exception>
    public static async Task<ReadLog> OpenAsync(HttpClient gateway, string? key, CancellationToken cancellationToken)
    {
        string text = key ?? await SaidKeyAsync(gateway, cancellationToken);
        byte[] bytes = await GetAsync(gateway, "log/checkpoint", SignedNote.MaxBytes, cancellationToken);
        try
        {
            var known = NoteKey.Parse(text);
            var note = SignedNote.Parse(bytes);
            if (!note.TryOpen([known], out _, out string? fault))
                throw new CommandException(ExitCodes.Invalid, $"The head of {gateway.BaseAddress}: {fault}");
            var head = LogHead.Parse(note.Text);
            return head.Origin == known.Name ? new ReadLog(gateway, head) : throw new CommandException(
                ExitCodes.Invalid, $"The head is of the log {head.Origin}; the key is of {known.Name}.");
        }
        catch (FormatException exception)
        {
            throw new CommandException(
                ExitCodes.BadData, $"The head of {gateway.BaseAddress}: {exception.Message}");
        }
    }

    /// <summary>Reads the leaves from one on, up to the end of its bundle.</summary>
    public async Task<IReadOnlyList<byte[]>> EntriesAsync(long start, CancellationToken cancellationToken)
    {
        long index = start / Tile.FullWidth;
        var tile = new Tile(Tile.Entries, index, Tile.WidthOf(Tile.Entries, index, Head.Size));
        byte[] bundle = await GetAsync(_gateway, $"log/{tile}", EntryBundle.MaxBytes, cancellationToken);
        try
        {
            return EntryBundle.Read(bundle, tile.Width);
        }
        catch (FormatException exception)
        {
            throw new CommandException(ExitCodes.Invalid, $"{_gateway.BaseAddress}log/{tile}: {exception.Message}");
        }
    }

    /// <summary>Reads a tile's hashes.</summary>
    public async Task<byte[]> TileAsync(Tile tile, CancellationToken cancellationToken)
    {
        int due = tile.Width * MerkleTree.HashLength;
        byte[] hashes = await GetAsync(_gateway, $"log/{tile}", due, cancellationToken);
        return hashes.Length == due ? hashes : throw new CommandException(
            ExitCodes.Invalid, $"{_gateway.BaseAddress}log/{tile} has {hashes.Length} bytes; {due} are due.");
    }

    /// <summary>Reads the bytes of the filter of what is not in force by the head.</summary>
    public Task<byte[]> FilterAsync(CancellationToken cancellationToken) => GetAsync(
        _gateway, string.Create(CultureInfo.InvariantCulture, $"log/filter/{Head.Size}"), StatusFilterFile.MaxBytes,
        cancellationToken);

    /// <summary>
    /// Asks a gateway which ledger its log is of, which key it signs with as a member, and which keys the ledger has of
    /// the members.
    /// </summary>
    /// <exception cref="CommandException">It does not answer, or does not say.</exception>
    public static async Task<(string Ledger, string Key, IReadOnlyList<TrustedCosigner> Members)> SaidMembersAsync(
        HttpClient gateway, CancellationToken cancellationToken)
    {
        using var answer = await SaidAsync(gateway, cancellationToken);
        var said = answer.RootElement;
        return (TextOf(gateway, said, "origin"), TextOf(gateway, said, "memberKey"), MembersOf(gateway, said));
    }

    // One of a version that knew of no keys on the ledger names none.
    private static TrustedCosigner[] MembersOf(HttpClient gateway, JsonElement said)
    {
        try
        {
            if (!said.TryGetProperty("members", out var members) || members.ValueKind == JsonValueKind.Null) return [];
            var read = LedgerJson.Deserialize<TrustedCosigner[]>(members);
            return read.Any(one => one is null || one.Keys.Any(key => key is null))
                ? throw new StrictJsonException("", "There is null where a member or its key belongs.")
                : read;
        }
        catch (StrictJsonException exception)
        {
            throw new CommandException(
                ExitCodes.BadData, $"{gateway.BaseAddress}v1/log names members in another form: {exception.Message}");
        }
    }

    private static async Task<string> SaidKeyAsync(HttpClient gateway, CancellationToken cancellationToken)
    {
        using var answer = await SaidAsync(gateway, cancellationToken);
        return TextOf(gateway, answer.RootElement, "verifierKey");
    }

    private static async Task<JsonDocument> SaidAsync(HttpClient gateway, CancellationToken cancellationToken)
    {
        const int MaxBytes = 1024 * 1024;
        byte[] answer = await GetAsync(gateway, "v1/log", MaxBytes, cancellationToken);
        try
        {
            var said = StrictJson.Parse(answer);
            if (said.RootElement.ValueKind == JsonValueKind.Object) return said;
            said.Dispose();
            throw new StrictJsonException("", "It is no object.");
        }
        catch (StrictJsonException exception)
        {
            throw new CommandException(
                ExitCodes.BadData,
                $"{gateway.BaseAddress}v1/log does not say what its log is: is it a gateway? {exception.Message}");
        }
    }

    private static string TextOf(HttpClient gateway, JsonElement said, string member) =>
        said.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new CommandException(
                ExitCodes.BadData, $"{gateway.BaseAddress}v1/log does not say its {member}: is it a gateway?");

    private static async Task<byte[]> GetAsync(
        HttpClient gateway, string path, int maxBytes, CancellationToken cancellationToken)
    {
        using var answer = await AskAsync(gateway, path, cancellationToken);
        await GatewayAccess.RequireSuccessAsync(answer, cancellationToken);
        return await GatewayAccess.ReadAsync(answer, maxBytes, cancellationToken);
    }

    /// <summary>Asks again when a gateway says so: of a long log there is more to read than one may at once.</summary>
    private static async Task<HttpResponseMessage> AskAsync(
        HttpClient gateway, string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            var answer = await gateway.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (answer.StatusCode != HttpStatusCode.TooManyRequests
                || answer.Headers.RetryAfter?.Delta is not { } pause || pause > LongestPause)
                return answer;
            answer.Dispose();
            await Task.Delay(pause, cancellationToken);
        }
    }
}
