package storetest

import (
	"testing"
)

// Exercise runs the suite. fresh returns an empty place at each call.
func Exercise(t *testing.T, fresh func(t *testing.T) Place) {
	groups := []struct {
		name string
		run  func(t *testing.T, p Place)
	}{
		{"Append", testAppend},
		{"Append_SeveralStreams", testSeveralStreams},
		{"Append_ConflictOnWrittenStream", testConflictWritten},
		{"Append_ConflictOnReadStream", testConflictRead},
		{"Append_ConflictLeavesNeighbours", testNeighbours},
		{"Append_DatabaseErrorLeavesNeighbours", testPoison},
		{"Append_Replay", testReplay},
		{"Append_ReplayOfWhatStillFits", testReplayStillFits},
		{"Append_ReplayAmongNew", testReplayAmongNew},
		{"Append_BegunBefore", testBegunBefore},
		{"Append_WrittenBeneath", testWrittenBeneath},
		{"Append_Refuses", testRefuses},
		{"Append_RecordedNeverBack", testMonotonic},
		{"Append_ChainAcrossReopen", testReopen},
		{"Append_TwoClinics", testTwoClinics},
		{"Append_PositionFromHead", testPositionFromHead},
		{"Lease_Lost", testLeaseLost},
		{"Lease_LostBesideAnotherClinic", testLeaseLostBeside},
		{"Lease_TakenByAnotherHandle", testLeaseTakenHere},
		{"Lease_RunsOut", testLeaseRunsOut},
		{"Lease_LostForTelemetry", testLeaseLostForTelemetry},
		{"Lease_TakenOverForTelemetry", testLeaseTakenForTelemetry},
		{"Detail", testDetail},
		{"Detail_Erased", testErase},
		{"Registers", testRegisters},
		{"Registers_NeedAudit", testRegistersAudit},
		{"Registers_WithAppend", testRegistersWithAppend},
		{"Projection", testProjection},
		{"Projection_FaultKeepsEntry", testProjectionFault},
		{"Projection_NewOneIsFolded", testProjectionNew},
		{"Rebuild", testRebuild},
		{"Hints", testHints},
		{"Consumer", testConsumer},
		{"Outbox", testOutbox},
		{"Outbox_WithItsEntryOrNotAtAll", testOutboxWithEntry},
		{"Telemetry", testTelemetry},
		{"Telemetry_Repeat", testRepeat},
		{"Telemetry_Latest", testLatest},
		{"Telemetry_Seal", testSeal},
		{"Telemetry_SealLate", testSealLate},
		{"Telemetry_SealMeanwhile", testSealMeanwhile},
		{"Telemetry_SealManyMetrics", testSealManyMetrics},
		{"Telemetry_SealPoison", testSealPoison},
		{"Telemetry_SealPasses", testSealPasses},
		{"Telemetry_Purge", testPurge},
		{"Telemetry_PurgeUnsealed", testPurgeUnsealed},
		{"ReadOnly", testReadOnly},
		{"Schema", testSchema},
		{"Verify", testVerify},
		{"Tamper", testTamper},
		{"Tamper_RemovedTail", testRemovedTail},
		{"Checkpoint_BehindIsACrash", testCrash},
		{"Checkpoint_AheadIsTampering", testAhead},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			g.run(t, fresh(t))
		})
	}
}
