using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

/// <summary>A ledger on which every organisation is registered with its key; shared by the contract's tests.</summary>
public sealed class RegisteredLedger : LedgerFixture
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await RegisterAllAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class RegisteredLedgerGroup : ICollectionFixture<RegisteredLedger>
{
    public const string Name = "registered ledger";
}
