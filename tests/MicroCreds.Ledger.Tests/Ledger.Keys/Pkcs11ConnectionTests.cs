using MicroCreds.Ledger.Keys.Pkcs11;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Keys;

/// <summary>The pool of a token's sessions, where the token has fewer than the settings say, or one hangs.</summary>
[Collection(SoftToken.Tests)]
public sealed class Pkcs11ConnectionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task TokenWithFewerSessions_AllAreServedByThose(int sessions)
    {
        using var soft = SoftToken.Make();
        await WithAsync(soft, slot => new ScarceSlot(slot, sessions), async connection =>
        {
            byte[][] drawn = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => connection.RunAsync(
                session => session.GenerateRandom(16), Patience, Cancellation)));
            Assert.All(drawn, bytes => Assert.Equal(16, bytes.Length));
        });
    }

    [Fact]
    public async Task OneOperationHangs_ItIsGivenUp_AndTheOtherSessionsWork()
    {
        using var soft = SoftToken.Make();
        using var end = new ManualResetEventSlim();
        await WithAsync(soft, slot => slot, async connection =>
        {
            try
            {
                await Assert.ThrowsAsync<TimeoutException>(() => connection.RunAsync(
                    _ =>
                    {
                        end.Wait(Cancellation);
                        return true;
                    },
                    TimeSpan.FromMilliseconds(100), Cancellation));
                for (int i = 0; i < 20; i++)
                    Assert.True(await connection.RunAsync(_ => true, Patience, Cancellation));
            }
            finally
            {
                end.Set();
            }
        });
    }

    private static async Task WithAsync(SoftToken soft, Func<ISlot, ISlot> wrap, Func<Pkcs11Connection, Task> test)
    {
        // The token itself holds its own share of the library, so that it is started with the new token in it.
        await using var token = await soft.OpenAsync();
        var module = Pkcs11Module.Acquire(soft.Options.Module);
        try
        {
            var slot = wrap(module.Call(library => library.GetSlotList(SlotsType.WithTokenPresent)
                .First(slot => slot.GetTokenInfo().Label.TrimEnd() == soft.Label)));
            using var connection = new Pkcs11Connection(
                module, module.Generation, slot, slot.OpenSession(SessionType.ReadWrite), maxSessions: 8);
            await test(connection);
        }
        finally
        {
            module.Release();
        }
    }

    /// <summary>A slot that has no more than so many sessions at a time.</summary>
    private sealed class ScarceSlot(ISlot slot, int sessions) : ISlot
    {
        private int _opened;

        public Pkcs11InteropFactories Factories => slot.Factories;

        public ulong SlotId => slot.SlotId;

        public ISession OpenSession(SessionType sessionType) => Interlocked.Increment(ref _opened) <= sessions
            ? slot.OpenSession(sessionType)
            : throw new Pkcs11Exception("C_OpenSession", CKR.CKR_SESSION_COUNT);

        public ISlotInfo GetSlotInfo() => slot.GetSlotInfo();

        public ITokenInfo GetTokenInfo() => slot.GetTokenInfo();

        public List<CKM> GetMechanismList() => slot.GetMechanismList();

        public IMechanismInfo GetMechanismInfo(CKM mechanism) => slot.GetMechanismInfo(mechanism);

        public void InitToken(string soPin, string label) => slot.InitToken(soPin, label);

        public void InitToken(byte[] soPin, byte[] label) => slot.InitToken(soPin, label);

        public void CloseSession(ISession session) => slot.CloseSession(session);

        public void CloseAllSessions() => slot.CloseAllSessions();
    }
}
