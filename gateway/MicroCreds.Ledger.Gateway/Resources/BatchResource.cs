using System.Text.Json;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Approving;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/batches: issue many in one issuance.</summary>
public static class BatchResource
{
    /// <summary>The media type of one JSON document a line.</summary>
    public const string Ndjson = "application/x-ndjson";

    private const string Json = "application/json";
    private const int DownloadChunk = 500;

    /// <summary>How many are signed before they are written: a token or key service signs several at a time.</summary>
    private const int SignedAtOnce = 32;

    public static void MapBatches(this IEndpointRouteBuilder routes)
    {
        var batches = routes.MapGroup("/v1/batches").WithTags("Batches");
        batches.MapPost("", AcceptAsync)
            .Costs(RouteCost.Batch)
            .Audited("batch.issue", "batch")
            .RequireAuthorization(GatewayRoles.Issuer)
            .WithMetadata(new RequestSizeLimitAttribute(RequestBody.MaxBatchBytes))
            .WithSummary("Issue many credentials in one issuance")
            .WithDescription(
                $"A JSON list, or one credential request a line, of up to {BatchRows.MaxRows:N0} rows and "
                + $"{RequestBody.MaxBatchBytes / (1024 * 1024)} MiB. Every row is checked first: one broken row "
                + "refuses the whole batch, names row, field and reason, and changes nothing. Rows whose recipient "
                + "(by email, studentNumber or id) has the award already are left out and told; namesakes ask for a "
                + "decision, as with /v1/credentials. Once accepted it is issued whatever breaks, and only once; the "
                + "same request sent again finds itself. With `dryRun=true` nothing is done: all rows are sorted into "
                + "ready, faulty (each fault), possible duplicates, duplicates in the body and already issued. With "
                + "issueAt (a day and hour, in timeZone or the institution's own) it is issued then. What is for a day "
                + "to come, or what another person has to approve, becomes a request: Location says where.")
            .TakesParameters([DryRun.Parameter, .. IssuingRequestResource.DueParameters])
            .TakesIdempotencyKey()
            .Accepts<IReadOnlyList<CredentialRequest>>(Json, Ndjson)
            .WithMetadata(RequestExample.Of(Json, new[] { CredentialResource.Example }))
            .GivesProblems(400, 401, 403, 409, 413, 415, 422);
        batches.MapGet("", List)
            .Audited("batch.list")
            .RequireAuthorization(GatewayRoles.Reader)
            .WithSummary("List batches, the newest first")
            .GivesProblems(400, 401, 403);
        batches.MapGet("/{id}", Read)
            .Audited("batch.read", "batch")
            .RequireAuthorization(GatewayRoles.Reader)
            .WithSummary("See how far a batch is")
            .GivesProblems(401, 403, 404);
        batches.MapPost("/{id}/retry", RetryAsync)
            .Costs(RouteCost.Batch)
            .Audited("batch.retry", "batch")
            .RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Have a refused batch tried again, once what it was refused for is mended")
            .GivesProblems(401, 403, 404, 409);
        batches.MapDelete("/{id}", DeleteAsync)
            .Audited("batch.delete", "batch")
            .RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Delete a refused batch with its rows and documents")
            .WithDescription("Until then everything is kept: nothing that was accepted is deleted by itself.")
            .Produces(StatusCodes.Status204NoContent)
            .GivesProblems(401, 403, 404, 409);
        batches.MapGet("/{id}/credentials", ListAsync)
            .TakesParameters([.. PageRequest.Parameters])
            .Audited("batch.read-credentials", "batch")
            .RequireAuthorization(GatewayRoles.Reader)
            .WithSummary("Read a batch's credentials, in the order of its rows")
            .WithDescription(
                $"Page by page, or all of them one a line with Accept: {Ndjson}. The parameter profile chooses another "
                + $"form than JSON: `{Ndjson};profile=\"{CredentialNegotiation.VcJwt}\"` has a token in each line, "
                + "as a JSON string.")
            .Produces<object>(StatusCodes.Status200OK, Json, Ndjson)
            .GivesProblems(400, 401, 403, 404, 406, 409);
    }

    private static async Task<Results<
        Accepted<BatchAnswer>, Accepted<IssuingRequestResource.RequestAnswer>, Ok<BatchPreview>>> AcceptAsync(
        HttpContext context, BatchIntake intake, BatchBuilder builder, IssuanceStore issuances, Outbox outbox,
        RecordActors actors)
    {
        var request = context.Request;
        bool isDry = DryRun.IsAskedFor(request);
        RequestBody.RequireMediaType(request, Json, Ndjson);
        bool isList = !request.ContentType!.StartsWith(Ndjson, StringComparison.OrdinalIgnoreCase);
        byte[] body = await RequestBody.ReadBytesAsync(request, RequestBody.MaxBatchBytes);
        if (isDry) return TypedResults.Ok(await intake.PreviewAsync(body, isList));

        var taken = await intake.AcceptAsync(
            body, isList, request.Headers[RequestFingerprint.Header].ToString(), Caller.Require(context.User),
            new IssuingTerms { Due = IssuingRequestResource.DueOf(context) });
        if (taken.Held is { } held)
        {
            return TypedResults.Accepted(
                $"{IssuingRequestResource.Address}/{held.Id}", IssuingRequestResource.RequestAnswer.Of(held));
        }

        var batch = taken.Batch!;
        return TypedResults.Accepted(
            $"/v1/batches/{batch.Id}", BatchAnswer.Of(batch, builder, issuances, outbox, actors));
    }

    private static Ok<Page<BatchAnswer>> List(
        HttpContext context, IssuanceStore issuances, BatchBuilder builder, Outbox outbox, RecordActors actors)
    {
        var page = PageRequest.Of(context.Request);
        long? before = null;
        if (page.After is not null)
        {
            before = issuances.Find(page.After)?.Number
                ?? throw ProblemException.Invalid("after", "must be what `next` of the page before said.");
        }

        var answers = issuances.ListBatches(before, page.Size + 1)
            .Select(batch => BatchAnswer.Of(batch, builder, issuances, outbox, actors)).ToList();
        return TypedResults.Ok(page.Take(answers, one => one.Id));
    }

    private static Ok<BatchAnswer> Read(
        string id, IssuanceStore issuances, BatchBuilder builder, Outbox outbox, RecordActors actors) =>
        TypedResults.Ok(BatchAnswer.Of(Find(id, issuances), builder, issuances, outbox, actors));

    private static async Task<Accepted<BatchAnswer>> RetryAsync(
        string id, IssuanceStore issuances, BatchBuilder builder, Outbox outbox, RecordActors actors)
    {
        var batch = RequireRefused(Find(id, issuances));
        if (!await issuances.SetAcceptedAsync(batch))
            throw NotRefused(Find(id, issuances));
        outbox.Add(batch.Number);
        return TypedResults.Accepted(
            $"/v1/batches/{batch.Id}", BatchAnswer.Of(Find(id, issuances), builder, issuances, outbox, actors));
    }

    private static async Task<NoContent> DeleteAsync(string id, IssuanceStore issuances)
    {
        if (!await issuances.DeleteRefusedAsync(RequireRefused(Find(id, issuances)).Number))
            throw NotRefused(Find(id, issuances));
        return TypedResults.NoContent();
    }

    private static StoredIssuance RequireRefused(StoredIssuance batch) => batch.State == IssuanceState.Refused
        ? batch
        : throw NotRefused(batch);

    private static ProblemException NotRefused(StoredIssuance batch) => new(
        ProblemKind.Conflict, $"The batch is {batch.State}: only one that was refused is tried again or deleted.");

    private static async Task ListAsync(
        string id, HttpContext context, IssuanceStore issuances, DocumentStore documents, DocumentMaker maker,
        FormSigner signer)
    {
        var (listType, form) = CredentialNegotiation.OfList(context.Request, Json, Ndjson);
        var batch = Find(id, issuances);
        if (batch.State != IssuanceState.Issued)
        {
            throw new ProblemException(
                ProblemKind.NotReady, $"The batch is {batch.State}: its credentials are there once it is issued.");
        }

        context.Response.Headers.CacheControl = "private, no-store";
        context.Response.Headers.Vary = HeaderNames.Accept;
        context.Response.ContentType = listType;
        var make = maker.Of(batch);
        if (listType == Ndjson)
            await WriteLinesAsync(context, batch, documents, GiveAsync);
        else
            await WritePageAsync(context, batch, documents, GiveAsync);

        // A token has no character that JSON would escape.
        async Task<byte[]> GiveAsync(StoredDocument document)
        {
            byte[] given = await signer.GiveAsync(make(document), form, context.RequestAborted);
            return form == CredentialForm.DataIntegrity ? given : [(byte)'"', .. given, (byte)'"'];
        }
    }

    private static async Task WritePageAsync(
        HttpContext context, StoredIssuance batch, DocumentStore documents, Func<StoredDocument, Task<byte[]>> give)
    {
        var page = PageRequest.Of(context.Request);
        int after = 0;
        if (page.After is not null && !int.TryParse(page.After, out after))
            throw ProblemException.Invalid("after", "must be what `next` of the page before said.");
        var found = documents.List(batch.Number, after, page.Size);

        // All is signed before the first byte goes out: what cannot be signed is a problem, not half an answer.
        byte[][] given = await Task.WhenAll(found.Select(give));
        using (var json = new Utf8JsonWriter(context.Response.BodyWriter))
        {
            json.WriteStartObject();
            json.WriteStartArray("items");
            foreach (byte[] document in given)
                json.WriteRawValue(document, skipInputValidation: true);
            json.WriteEndArray();
            if (found.Count > 0 && found[^1].Row < batch.Size)
                json.WriteString("next", $"{found[^1].Row}");
            json.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static async Task WriteLinesAsync(
        HttpContext context, StoredIssuance batch, DocumentStore documents, Func<StoredDocument, Task<byte[]>> give)
    {
        for (int after = 0; after < batch.Size;)
        {
            var found = documents.List(batch.Number, after, DownloadChunk);
            if (found.Count == 0)
                return;
            foreach (var together in found.Chunk(SignedAtOnce))
            {
                foreach (byte[] given in await Task.WhenAll(together.Select(give)))
                {
                    await context.Response.Body.WriteAsync(given, context.RequestAborted);
                    await context.Response.Body.WriteAsync("\n"u8.ToArray(), context.RequestAborted);
                }
            }

            after = found[^1].Row;
        }
    }

    private static StoredIssuance Find(string id, IssuanceStore issuances) =>
        issuances.Find(id) is { Kind: IssuanceKind.Batch } batch
            ? batch
            : throw new ProblemException(ProblemKind.NotFound, "This gateway has no batch of this id.");

    /// <summary>A batch and how far it is.</summary>
    public sealed record BatchAnswer
    {
        /// <summary>Names the batch.</summary>
        public required string Id { get; init; }

        /// <summary>
        /// <c>accepted</c>, <c>ready</c> (all documents are stored), <c>issued</c> or <c>refused</c>.
        /// </summary>
        public required string State { get; init; }

        /// <summary>How many credentials.</summary>
        public required int Size { get; init; }

        /// <summary>How many documents are finished.</summary>
        public required int Built { get; init; }

        /// <summary>When it was accepted.</summary>
        public required DateTimeOffset CreatedAt { get; init; }

        /// <summary>Who asked for it.</summary>
        public Caller? Actor { get; init; }

        /// <summary>The issuance's root on the ledger.</summary>
        public string? Root { get; init; }

        /// <summary>The transaction that anchored it.</summary>
        public string? TransactionId { get; init; }

        /// <summary>When it was anchored: the transaction's own time.</summary>
        public DateTimeOffset? IssuedAt { get; init; }

        /// <summary>Why it is not on the ledger yet, if it was tried; it is tried again by itself.</summary>
        public string? Waits { get; init; }

        /// <summary>The rows that are not issued, and why.</summary>
        public IReadOnlyList<RowLeftOut>? LeftOut { get; init; }

        /// <summary>Why it was refused; nothing was issued, and its rows are kept until it is deleted.</summary>
        public IReadOnlyList<BatchError>? Errors { get; init; }

        /// <summary>Where the credentials are, once it is issued.</summary>
        public string? Credentials { get; init; }

        internal static BatchAnswer Of(
            StoredIssuance batch, BatchBuilder builder, IssuanceStore issuances, Outbox outbox, RecordActors actors)
        {
            var leftOut = issuances.ReadLeftOut(batch.Number);
            bool isIssued = batch.State == IssuanceState.Issued;
            return new BatchAnswer
            {
                Id = batch.Id,
                State = batch.State,
                Size = batch.Size,
                Built = builder.ProgressOf(batch),
                CreatedAt = batch.CreatedAt,
                Actor = actors.OfIssuance(batch.Id),
                Root = isIssued ? batch.Root : null,
                TransactionId = batch.TransactionId,
                IssuedAt = batch.IssuedAt,
                Waits = outbox.ReasonOf(batch.Number) ?? batch.Waits,
                LeftOut = leftOut.Count == 0 ? null : leftOut,
                Errors = batch.Refusal is null ? null : [new BatchError(batch.Refusal)],
                Credentials = isIssued ? $"/v1/batches/{batch.Id}/credentials" : null,
            };
        }
    }

    /// <summary>Why a batch was refused.</summary>
    /// <param name="Reason">What the ledger said.</param>
    /// <param name="Row">The row, if it is about one.</param>
    public sealed record BatchError(string Reason, int? Row = null);
}
