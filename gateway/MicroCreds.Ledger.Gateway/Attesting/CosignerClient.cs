using System.Globalization;
using System.Net;
using System.Text;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Tiles;
using MicroCreds.Ledger.Log.Witnessing;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Attesting;

/// <summary>
/// Asks members for their heads and tiles, and witnesses for cosignatures, at the addresses that the settings name.
/// Thread-safe.
/// </summary>
public sealed class CosignerClient : IDisposable
{
    /// <summary>How long one may take to answer.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    // The heads of a few hundred keys, with their signatures.
    private const int MaxAnswerBytes = 1024 * 1024;

    // A member that moved is found again.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http = new(
        new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = ConnectionLifetime })
    {
        Timeout = Timeout,
        MaxResponseContentBufferSize = MaxAnswerBytes,
    };

    /// <summary>Reads a member's newest head.</summary>
    /// <exception cref="HttpRequestException">It does not answer, or not with a head.</exception>
    /// <exception cref="FormatException">It is no note.</exception>
    public async Task<SignedNote> ReadHeadAsync(Uri member, CancellationToken cancellationToken) =>
        SignedNote.Parse(await _http.GetByteArrayAsync(new Uri(member, "log/checkpoint"), cancellationToken));

    /// <summary>Reads a member's tile.</summary>
    /// <exception cref="HttpRequestException">It does not answer, or not with a tile.</exception>
    /// <exception cref="FormatException">It has another length.</exception>
    public async Task<byte[]> ReadTileAsync(Uri member, Tile tile, CancellationToken cancellationToken)
    {
        byte[] hashes = await _http.GetByteArrayAsync(new Uri(member, $"log/{tile}"), cancellationToken);
        return hashes.Length == tile.Width * MerkleTree.HashLength
            ? hashes : throw new FormatException($"{tile} has {hashes.Length} bytes there.");
    }

    /// <summary>Reads which heads a member saw of others.</summary>
    /// <exception cref="HttpRequestException">It does not answer, or is of a version that does not tell.</exception>
    /// <exception cref="FormatException">It answers something else.</exception>
    public async Task<SeenHeads> ReadSeenAsync(Uri member, CancellationToken cancellationToken)
    {
        byte[] answer = await _http.GetByteArrayAsync(new Uri(member, "v1/log/heads"), cancellationToken);
        try
        {
            return LedgerJson.Deserialize<SeenHeads>(answer);
        }
        catch (StrictJsonException e)
        {
            throw new FormatException($"It tells of heads in another form. {e.Message}", e);
        }
    }

    /// <summary>Asks a witness for its cosignatures (C2SP tlog-witness).</summary>
    /// <returns>
    /// The lines of its cosignatures; or, if it cosigned another size last than was said, that size.
    /// </returns>
    /// <exception cref="HttpRequestException">It does not answer, or refuses; the message has its words.</exception>
    /// <exception cref="FormatException">It answers something else.</exception>
    public async Task<(IReadOnlyList<NoteSignature> Signatures, long? OtherSize)> AskAsync(
        Uri witness, WitnessRequest request, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(request.ToBytes());
        using var answer = await _http.PostAsync(new Uri(witness, "add-checkpoint"), content, cancellationToken);
        string body = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        string[] lines = body.TrimEnd('\n').Split('\n');
        if (answer.StatusCode == HttpStatusCode.Conflict
            && long.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out long size))
            return ([], size);
        return answer.IsSuccessStatusCode
            ? ([.. lines.Select(NoteSignature.Parse)], null)
            : throw new HttpRequestException($"It answered {(int)answer.StatusCode}: {lines[0]}");
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
