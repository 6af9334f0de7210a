using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Attesting;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Log.Exposing;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Log.Tiles;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/log and /v1/log: the log of all that counts, as C2SP's tlog-tiles has it.</summary>
public static class LogResource
{
    /// <summary>The address of the log, below the gateway's own.</summary>
    public const string Prefix = "/log/";

    private const string Tag = "Log";
    private const string Octets = "application/octet-stream";
    private const string Text = "text/plain";
    private const int ShortId = 8;
    private const int MaxEvidence = 100;

    private static readonly TimeSpan ForEver = TimeSpan.FromDays(365);

    public static void MapLog(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/log", Read)
            .WithTags(Tag)
            .WithSummary("Read which log this is, and the key that verifies its heads")
            .WithDescription(
                "The keys are in the form of C2SP's signed-note: `verifierKey` signs as the log, `memberKey` as a "
                + "member, with the time, and `mlDsaMemberKey` does so by ML-DSA-44. "
                + "Who trusts them keeps them: asked anew each time they prove nothing. "
                + "`stoppedBefore` names the block that the log does not go beyond, since a record in it could not be "
                + "read here: `/readyz` has the mend. `cosigners` are those who are asked to sign the heads. `members` "
                + "are the present members with the keys that the ledger has of them, each from when on it counts and "
                + "until when; one that was stolen is left out. `evidence` names the files that prove that a key "
                + "signed what contradicts itself.")
            .GivesProblems(409)
            .ReadableFromAnywhere();
        routes.MapGet(Prefix + "checkpoint", CheckpointAsync)
            .WithTags(Tag)
            .WithSummary("Read the log's head, signed")
            .WithDescription(
                "A checkpoint (C2SP tlog-checkpoint): the log's name, the number of its leaves, the root of the tree "
                + "over them, signed by the log's own Ed25519 key. Needs no login. 503 `log-contradicts` means that "
                + "the log does not hold what was signed before.")
            .Produces<string>(StatusCodes.Status200OK, Text)
            .Costs(RouteCost.Dear)
            .GivesProblems(409, 503)
            .ReadableFromAnywhere();
        MapTiles(routes);
        MapProofs(routes);
    }

    private static void MapProofs(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/log/heads", (HeadExchange exchange, MemberFaces faces) =>
                TypedResults.Ok(new SeenHeads(faces.SeenOf(() => exchange.KnownKeys))))
            .WithTags(Tag)
            .WithSummary("Read which heads of the log others signed, as this gateway saw them")
            .WithDescription(
                "Of each key that this gateway asks for signatures: the largest head that agrees with its own log, and "
                + "the last one that does not. Members read it of each other, so that one who shows each of them "
                + "another face is found.")
            .GivesProblems(409)
            .ReadableFromAnywhere();
        routes.MapGet("/v1/log/evidence/{id}", ReadEvidence)
            .WithTags(Tag)
            .WithSummary("Read a file that proves that a key of the log showed two faces")
            .WithDescription(
                "Two heads that one key signed and that cannot both be so, for anybody to see: of one size and not the "
                + "same; the later one smaller; or with another leaf at one place, which lies in both by its paths. "
                + "`microcreds log evidence` checks it without asking anybody. `/v1/log` lists them.")
            .Produces<TwoFaces>(StatusCodes.Status200OK, TwoFaces.MediaType)
            .GivesProblems(404)
            .ReadableFromAnywhere();
        routes.MapGet("/v1/log/renewal", RenewAsync)
            .WithTags(Tag)
            .WithSummary("Read what renews a trust file of this log")
            .WithDescription(
                "Who the members are and by which keys they sign heads, proven by a head with the signatures that this "
                + "gateway could gather. Whoever has a trust file takes it if enough of those signed whom the file "
                + "names: `microcreds log renew`; and at a gateway that has an agreement with this consortium "
                + "`POST /v1/agreements/{id}/renewals`.")
            .Produces<string>(StatusCodes.Status200OK, TrustRenewal.MediaType)
            .Costs(RouteCost.Dear)
            .GivesProblems(409, 503)
            .ReadableFromAnywhere();
        routes.MapGet("/v1/log/proofs/{mspId}/{root}/{index:int:min(0)}", ProveAsync)
            .WithTags(Tag)
            .WithSummary("Prove without a network what stands of a credential")
            .WithDescription(
                "`mspId`, `root` and `index` are those of the credential's `ledgerAnchor`. The answer is a file "
                + "(C2SP tlog-proof) with the place of the issuance in the log, what the head says of credential and "
                + "issuer, and the head with the signatures of the members and witnesses that this gateway could "
                + "gather. `microcreds verify --proof … --log-trust …` verifies it without asking anybody. "
                + "409 means that no head holds the issuance yet.")
            .Produces<string>(StatusCodes.Status200OK, LogProofFile.MediaType)
            .Costs(RouteCost.Dear)
            .GivesProblems(404, 409, 503)
            .ReadableFromAnywhere();
    }

    private static void MapTiles(IEndpointRouteBuilder routes)
    {
        // From the thousandth tile on the index has several parts, which a description cannot say.
        foreach (string index in new[] { "{index}", "{**index}" })
        {
            var route = routes.MapGet(Prefix + "tile/{level}/" + index, ReadTile);
            route.WithTags(Tag)
                .WithSummary("Read a tile of the log's tree, or the data of leaves")
                .WithDescription(
                    "C2SP tlog-tiles. At a level from 0 on, 256 hashes of 32 bytes; at `entries` the data of 256 "
                    + "leaves, each with its length in two bytes before it. Fewer at the end of the log, where `.p/` "
                    + "and their number stand behind the index. The index has three digits; from 1000 on it has "
                    + "several parts, such as `x001/067`. A tile never changes.")
                .Produces<byte[]>(StatusCodes.Status200OK, Octets)
                .Costs(RouteCost.Dear)
                .GivesProblems(404)
                .ReadableFromAnywhere();
            if (index.Contains('*', StringComparison.Ordinal)) route.ExcludeFromDescription();
        }
    }

    private static Ok<LogAnswer> Read(
        LogHeads heads, LogWitness witness, HeadExchange exchange, LedgerProjection projection,
        LogKeyRegistrar registrar, LogMembers members, MemberFaces faces)
    {
        var log = projection.Log;
        var now = log.Now;
        return TypedResults.Ok(new LogAnswer(
            heads.Origin, heads.VerifierKey.ToString(), heads.MemberKey.ToString(), now.Size,
            Convert.ToBase64String(now.Root.Span), log.StoppedBefore, witness.CosignerKey?.ToString(),
            exchange.States, registrar.OnLedger?.Id, members.All, [.. faces.Found.Take(MaxEvidence)],
            heads.MlDsaMemberKey?.ToString(), witness.MlDsaCosignerKey?.ToString()));
    }

    private static FileContentHttpResult ReadEvidence(string id, MemberFaces faces) =>
        faces.Find(id) is { } found
            ? TypedResults.Bytes(
                CanonicalJson.Serialize(found), TwoFaces.MediaType, $"{id[..ShortId]}{TwoFaces.Extension}")
            : throw new ProblemException(
                ProblemKind.NotFound, "This gateway has no such evidence: /v1/log lists what it has.");

    private static async Task<FileContentHttpResult> ProveAsync(
        string mspId, string root, int index, HttpContext context, ProofMaking proofs)
    {
        var proof = await proofs.MakeAsync(mspId, root, index, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Bytes(
            proof.ToBytes(), LogProofFile.MediaType, $"{root[..8]}-{index}{LogProofFile.Extension}");
    }

    private static async Task<FileContentHttpResult> RenewAsync(HttpContext context, RenewalMaking renewals)
    {
        var renewal = await renewals.MakeAsync(context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Bytes(renewal.ToBytes(), TrustRenewal.MediaType, "ledger" + TrustRenewal.Extension);
    }

    private static async Task<FileContentHttpResult> CheckpointAsync(HttpContext context, LogHeads heads)
    {
        var note = await heads.ReadAsync(context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Bytes(note.ToBytes(), Text + "; charset=utf-8");
    }

    private static FileContentHttpResult ReadTile(
        string level, string index, HttpContext context, LedgerProjection projection)
    {
        if (!Tile.TryParse($"tile/{level}/{index}", out var tile))
        {
            throw new ProblemException(
                ProblemKind.NotFound,
                "There is no such tile: it is named tile/level/index or tile/entries/index, the index in parts of "
                + "three digits such as x001/067, with .p/ and its width behind it if it is not full.");
        }

        byte[] found = projection.Log.Find(tile) ?? throw new ProblemException(
            ProblemKind.NotFound,
            "The log is not that long here yet: ask for what a head of this log names, or in a moment.");
        KeepForEver(context);
        return TypedResults.Bytes(found, Octets);
    }

    /// <summary>Tells caches that an answer never changes.</summary>
    internal static void KeepForEver(HttpContext context) => context.Response.GetTypedHeaders().CacheControl = new()
    {
        Public = true,
        MaxAge = ForEver,
        Extensions = { new("immutable") },
    };

    /// <summary>The log, as this gateway has it now.</summary>
    /// <param name="Origin">Its name, the first line of its heads.</param>
    /// <param name="VerifierKey">The key that verifies this gateway's heads.</param>
    /// <param name="MemberKey">The key that verifies its cosignatures as a member.</param>
    /// <param name="Size">The number of leaves.</param>
    /// <param name="Root">The root of the tree over them, base64.</param>
    /// <param name="StoppedBefore">The block that it does not go beyond for now; none if it does.</param>
    /// <param name="CosignerKey">What verifies its cosignatures of others' heads; none if it makes none.</param>
    /// <param name="Cosigners">How it went with those who are asked to sign its heads.</param>
    /// <param name="KeyOnLedger">
    /// The name that this gateway's key has among its institution's on the ledger; none if it is not there yet.
    /// </param>
    /// <param name="Members">The present members, with the keys of the log that the ledger has of them.</param>
    /// <param name="Evidence">What was found of keys that contradict themselves.</param>
    /// <param name="MlDsaMemberKey">
    /// The key that verifies its signatures of ML-DSA-44 as a member; none if it makes none.
    /// </param>
    /// <param name="MlDsaCosignerKey">Likewise of others' heads.</param>
    public sealed record LogAnswer(
        string Origin, string VerifierKey, string MemberKey, long Size, string Root, long? StoppedBefore,
        string? CosignerKey, IReadOnlyList<CosignerState> Cosigners, string? KeyOnLedger,
        IReadOnlyList<TrustedCosigner> Members, IReadOnlyList<KeptEvidence> Evidence,
        string? MlDsaMemberKey = null, string? MlDsaCosignerKey = null);
}
