using MicroCreds.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Store;

/// <summary>What is kept of practice, on both engines.</summary>
public sealed class PracticeStoreTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_123);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Statements_AreKeptOnce_Found_Voided_AndGoWithTheirPractice(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var (practice, session) = await BeginAsync(store);
        var statements = new XapiStatements(store);
        byte[] term = XapiStatements.TermOf("lab", "verb", "passed");
        var first = Statement(practice, session, term);
        var second = Statement(practice, session, term);
        Assert.Equal(KeepResult.Kept, await statements.AddAsync("lab", [first, second], Now));
        Assert.Equal(KeepResult.Kept, await statements.AddAsync("lab", [first], Now.AddSeconds(1)));
        Assert.Equal(KeepResult.Conflict, await statements.AddAsync("lab", [first with { Digest = [9] }], Now));
        var found = statements.List(new StatementQuery { Simulator = "lab", Terms = [term], Count = 10 });
        Assert.Equal([second.Id, first.Id], found.Select(one => one.Id));
        Assert.Equal([first.Id], statements.List(new StatementQuery
        {
            Simulator = "lab",
            Terms = [term],
            After = found[0].StoredAt,
            Count = 10,
        }).Select(one => one.Id));
        Assert.Empty(statements.List(new StatementQuery { Simulator = "other", Count = 10 }));

        var voiding = Statement(practice, session, term) with { Target = first.Id, IsVoiding = true };
        Assert.Equal(KeepResult.Kept, await statements.AddAsync("lab", [voiding], Now));
        Assert.Null(statements.Find("lab", practice, first.Id, isVoided: false));
        Assert.NotNull(statements.Find("lab", practice, first.Id, isVoided: true));
        Assert.Contains(first.Id, statements.ListAllOfPractice(practice).Select(one => one.Id));

        // What comes along is there to be voided, in whichever order.
        var both = Statement(practice, session, term);
        var voidingBoth = Statement(practice, session, term) with { Target = both.Id, IsVoiding = true };
        Assert.Equal(KeepResult.Kept, await statements.AddAsync("lab", [voidingBoth, both], Now));
        Assert.NotNull(statements.Find("lab", practice, both.Id, isVoided: true));
        var again = Statement(practice, session, term) with { IsVoiding = true, Target = Guid.NewGuid() };
        Assert.Equal(
            KeepResult.NotVoidable,
            await statements.AddAsync(
                "lab", [Statement(practice, session, term) with { IsVoiding = true, Target = again.Id }, again], Now));
        Assert.Equal(
            KeepResult.NotVoidable,
            await statements.AddAsync("lab", [voiding with { Id = Guid.NewGuid(), Target = voiding.Id }], Now));
        Assert.Equal(
            KeepResult.Kept,
            await statements.AddAsync("lab", [Statement(practice, session, term) with { IsEnd = true }], Now));
        Assert.Equal(
            KeepResult.Over, await statements.AddAsync("lab", [Statement(practice, session, term)], Now));

        Assert.True(await new Practices(store).ForgetAsync(practice));
        Assert.Empty(statements.ListOfPractice(practice));
        using var reader = store.Database.Read();
        foreach (string table in (string[])[
            "practice", "practice_link", "practice_session", "xapi_statement", "xapi_term", "xapi_attachment",
            "xapi_document"])
            Assert.Equal(0L, reader.Prepare($"SELECT count(*) FROM {table}", 0).ExecuteScalar());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Practice_GoesFromAskedToIssuedOnce_AndItsTablesAreCopied(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        byte[] file;
        await using (var store = await GatewayStore.OpenAsync(sample.Place))
        {
            var practices = new Practices(store);
            var (id, session) = await BeginAsync(store);
            await new XapiStatements(store).AddAsync(
                "lab",
                [
                    Statement(id, session, [1]) with
                    {
                        Attachments = [new StatementAttachment("ab", "text/plain", [1, 2])],
                    },
                ],
                Now);
            await new Simulators(store).AddAsync(
                new Simulator { Id = "lab", Name = "Lab", Activities = ["urn:a"], CreatedAt = Now }, "secret");
            Assert.NotNull(new Simulators(store).Identify("lab", "secret"));
            Assert.Null(new Simulators(store).Identify("lab", "other"));
            await new PracticeRules(store).AddAsync(new StoredRule("lab", "{}", Now, EndedAt: null));
            string secret = LearnerSecret.Draw();
            Assert.False(await practices.AskAsync(id, "{}", secret, until: Now.AddMicroseconds(-1), Now));
            Assert.True(await practices.AskAsync(id, "{}", secret, until: Now, Now));
            Assert.False(await practices.AskAsync(id, "{}", secret, until: Now, Now));

            // What it rests on stays as it is from then on.
            Assert.Equal(KeepResult.Over, await new XapiStatements(store).AddAsync(
                "lab", [Statement(id, session, [1])], Now));
            Assert.Equal(id, practices.FindByEvidence(secret)!.Id);
            Assert.True(await practices.BeginAsync(id, "{}", Now));
            Assert.False(await practices.BeginAsync(id, "{}", Now));
            Assert.False(await practices.ForgetAsync(id));
            Assert.True(await practices.SetIssuedAsync(id, Guid.NewGuid(), Now));
            Assert.Equal(PracticeState.Issued, practices.Find(id)!.State);
            await practices.SweepAsync(DateTimeOffset.MaxValue, DateTimeOffset.MaxValue);
            Assert.NotNull(practices.Find(id));
            string path = Path.Combine(sample.Folder, "export");
            await using (var written = File.Create(path)) store.Database.Export(written);
            file = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        }

        Assert.True(file.Length > 0);
    }

    [Fact]
    public async Task Beginning_SendsFewMails_AndALinkWorksUntilThereAreManyNewer()
    {
        await using var sample = await SampleStore.NewAsync(isPostgres: false);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var practices = new Practices(store);
        var practice = New();
        await practices.AddAsync(practice, device: null, mails: true);
        var mails = new MailDeliveries(store);
        Assert.Single(mails.List(practice.Id));
        await practices.AddAsync(practice with { Id = Guid.NewGuid() }, device: null, mails: true);
        Assert.Single(mails.List(practice.Id));
        var later = practice with { Id = Guid.NewGuid(), CreatedAt = Now + Practices.LinkPause * 2 };
        await practices.AddAsync(later, device: null, mails: true);
        Assert.Equal(2, mails.List(practice.Id).Count);
        Assert.Null(practices.Find(later.Id));
        for (int i = 0; i < Practices.MaxADay * 2; i++)
        {
            await practices.AddAsync(
                practice with { Id = Guid.NewGuid(), Learner = $"Other {i}" }, device: null, mails: true);
        }

        // One of the ten was sent to the first anew. In other letters it is the same address, and the next day another.
        var open = practices.List([PracticeState.Open], 100);
        Assert.Equal(Practices.MaxADay - 1, open.Count);
        Assert.Equal(Practices.MaxADay, open.Sum(one => mails.List(one.Id).Count));
        await practices.AddAsync(
            practice with { Id = Guid.NewGuid(), MailTo = new MailTo("Aino@Student.Example", "en") },
            device: null, mails: true);
        await practices.AddAsync(
            later with { CreatedAt = later.CreatedAt + Practices.LinkPause * 2 }, device: null, mails: true);
        Assert.Equal(Practices.MaxADay - 1, practices.List([PracticeState.Open], 100).Count);
        Assert.Equal(2, mails.List(practice.Id).Count);
        await practices.AddAsync(later with { CreatedAt = Now.AddDays(2) }, device: null, mails: true);
        Assert.Equal(
            Practices.MaxADay + 1,
            practices.List([PracticeState.Open], 100).Sum(one => mails.List(one.Id).Count));

        string first = (await practices.LinkAsync(practice.Id, Now))!;
        for (int i = 1; i < Practices.MaxLinks; i++) await practices.LinkAsync(practice.Id, Now.AddSeconds(i));
        Assert.NotNull(practices.Find(first));
        await practices.LinkAsync(practice.Id, Now.AddSeconds(60));
        Assert.Null(practices.Find(first));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Beginning_ByStrangers_FillsNeitherTheStoreNorTheMails_AndClaimsGoFirst(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var practices = new Practices(store);
        var practice = New();
        Assert.True(await practices.AddAsync(practice, device: null, mails: true));
        await store.Database.WriteAsync(connection =>
        {
            using var insert = connection.Prepare(
                """
                INSERT INTO practice (id, rule, learner, address, state, created_at, used_at)
                  VALUES ($0, 'lab', 'A stranger', 'nobody@elsewhere.example', 'open', $1, $1)
                """, 2);
            for (int i = 1; i < Practices.MaxUnconfirmed; i++)
                insert.With(Guid.NewGuid().ToByteArray(), Now.ToUnixTimeMilliseconds()).ExecuteNonQuery();
        });
        var next = practice with { Id = Guid.NewGuid(), Learner = "Another" };
        Assert.False(await practices.AddAsync(next, device: null, mails: true));
        Assert.Null(practices.Find(next.Id));

        // Whoever follows the link takes no room, and a day later nobody does.
        await practices.ConfirmAsync(practice.Id, LearnerSecret.Draw(), Now);
        Assert.True(await practices.AddAsync(next, device: null, mails: true));
        var later = practice with { Id = Guid.NewGuid(), Learner = "A day later", CreatedAt = Now.AddDays(1) };
        Assert.True(await practices.AddAsync(later, device: null, mails: true));

        var mails = new MailDeliveries(store);
        var (issued, _) = await SampleStore.AddOneAsync(
            new IssuanceStore(store),
            document: SampleStore.Document(0) with { MailTo = new MailTo("aino@student.example", "en") });
        await new IssuanceStore(store).SetIssuedAsync(issued.Number, "a transaction", Now.AddDays(2));
        var due = mails.ListDue(Now.AddDays(3), 10);
        Assert.Equal(
            [DeliveryKind.Claim, DeliveryKind.Practice, DeliveryKind.Practice, DeliveryKind.Practice],
            due.Select(one => one.Kind));
    }

    private static Practice New() => new()
    {
        Id = Guid.NewGuid(),
        Rule = "lab",
        Learner = "Aino",
        MailTo = new MailTo("aino@student.example", "en"),
        State = PracticeState.Open,
        CreatedAt = Now,
        UsedAt = Now,
    };

    private static async Task<(Guid Practice, Guid Session)> BeginAsync(GatewayStore store)
    {
        var practice = New();
        await new Practices(store).AddAsync(practice, LearnerSecret.Draw(), mails: false);
        await new Practices(store).LinkAsync(practice.Id, Now);
        var session = new PracticeSession
        {
            Id = Guid.NewGuid(),
            Practice = practice.Id,
            Simulator = "lab",
            Activity = "urn:a",
            CreatedAt = Now,
        };
        string secret = LearnerSecret.Draw();
        var sessions = new PracticeSessions(store);
        Assert.True(await sessions.AddAsync(session, secret));
        string token = LearnerSecret.Draw();
        Assert.NotNull(await sessions.FetchAsync(secret, token, Now, Now.AddHours(-1)));
        Assert.Null(await sessions.FetchAsync(secret, token, Now, Now.AddHours(-1)));
        Assert.Equal(session.Id, sessions.Identify(token)!.Id);
        Assert.True(await new XapiDocuments(store).WriteAsync(
            new DocumentOwner("lab", practice.Id), [1], "n", _ => new XapiDocument("n", "text/plain", Now, [1])));
        return (practice.Id, session.Id);
    }

    private static NewStatement Statement(Guid practice, Guid session, byte[] term) => new()
    {
        Id = Guid.NewGuid(),
        Digest = [1],
        Write = _ => "{}"u8.ToArray(),
        Terms = [term],
        Practice = practice,
        Session = session,
    };
}
