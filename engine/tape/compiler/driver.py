"""The driver of whole epochs as LLVM IR: for each lane and epoch steps, an evaluation, means, the best parameters."""

from __future__ import annotations

import ctypes
from ctypes import c_void_p
from functools import cache

from engine.tape.compiler.code import object_code_of
from engine.tape.compiler.native import Native

PLAN = (
    "run_step", "bases_step", "lanes_step", "steps_step", "count_step", "scalars_step", "scratch_step", "look",
    "run_tail", "bases_tail", "lanes_tail", "steps_tail", "count_tail", "scalars_tail", "scratch_tail", "look_tail",
    "run_eval", "bases_eval", "lanes_eval", "steps_eval", "count_eval", "scalars_eval", "scratch_eval", "blocks",
    "lane", "end", "together", "epochs", "first", "batches", "tail",
    "values", "values_of_lane", "values_of_kind", "penalties", "penalties_of_part", "units",
    "start0", "end0", "start1", "end1", "start2", "end2", "numbers", "numbers_of_epoch",
    "best_loss", "best_epoch", "best_rows", "rows", "rows_of_lane", "size", "wrong", "wrong_in_epoch",
)  # fmt: skip
"""The numbers and addresses that the driver is called with, in the order in which they lie in memory."""

_MEAN = """
define internal double @mean(ptr %values, i64 %start, i64 %end) {
entry:
  %many = sub i64 %end, %start
  %none = icmp sle i64 %many, 0
  br i1 %none, label %empty, label %begin
empty:
  ret double 0x7FF8000000000000
begin:
  %whole = and i64 %many, -8
  %stop = add i64 %start, %whole
  br label %vectors
vectors:
  %at = phi i64 [ %start, %begin ], [ %next, %more ]
  %sums = phi <8 x double> [ zeroinitializer, %begin ], [ %added, %more ]
  %left = icmp slt i64 %at, %stop
  br i1 %left, label %more, label %join
more:
  %place = getelementptr double, ptr %values, i64 %at
  %eight = load <8 x double>, ptr %place, align 8
  %added = fadd <8 x double> %sums, %eight
  %next = add i64 %at, 8
  br label %vectors
join:
  %h4 = shufflevector <8 x double> %sums, <8 x double> undef, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %l4 = shufflevector <8 x double> %sums, <8 x double> undef, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %s4 = fadd <4 x double> %l4, %h4
  %h2 = shufflevector <4 x double> %s4, <4 x double> undef, <2 x i32> <i32 2, i32 3>
  %l2 = shufflevector <4 x double> %s4, <4 x double> undef, <2 x i32> <i32 0, i32 1>
  %s2 = fadd <2 x double> %l2, %h2
  %h1 = extractelement <2 x double> %s2, i32 1
  %l1 = extractelement <2 x double> %s2, i32 0
  %s1 = fadd double %l1, %h1
  br label %singles
singles:
  %one = phi i64 [ %stop, %join ], [ %one_next, %single ]
  %sum = phi double [ %s1, %join ], [ %sum_next, %single ]
  %rest = icmp slt i64 %one, %end
  br i1 %rest, label %single, label %done
single:
  %one_place = getelementptr double, ptr %values, i64 %one
  %value = load double, ptr %one_place, align 8
  %sum_next = fadd double %sum, %value
  %one_next = add i64 %one, 1
  br label %singles
done:
  %count = sitofp i64 %many to double
  %mean = fdiv double %sum, %count
  ret double %mean
}
"""

_WRONG = """
define internal void @forget(ptr %wrong, i64 %start, i64 %end) {
entry:
  br label %next
next:
  %at = phi i64 [ %start, %entry ], [ %after, %next ]
  %place = getelementptr i64, ptr %wrong, i64 %at
  store i64 -1, ptr %place, align 8
  %after = add i64 %at, 1
  %again = icmp slt i64 %after, %end
  br i1 %again, label %next, label %done
done:
  ret void
}
define internal i64 @first_found(ptr %wrong, i64 %start, i64 %end) {
entry:
  br label %next
next:
  %at = phi i64 [ %start, %entry ], [ %after, %more ]
  %place = getelementptr i64, ptr %wrong, i64 %at
  %step = load i64, ptr %place, align 8
  %found = icmp sge i64 %step, 0
  br i1 %found, label %done, label %more
more:
  %after = add i64 %at, 1
  %again = icmp slt i64 %after, %end
  br i1 %again, label %next, label %done
done:
  %which = phi i64 [ %at, %next ], [ -1, %more ]
  ret i64 %which
}
"""
"""Which of some lanes, the first, had a step that looked wrong; −1 if none."""

_EPOCHS = """
define void @epochs(ptr %plan) {{
entry:
{fields}
  %some = icmp slt i64 %lane, %end
  br i1 %some, label %next_block, label %done
next_block:
  %block = phi i64 [ %lane, %entry ], [ %after, %block_over ]
  %full = add i64 %block, %together
  %fits = icmp slt i64 %full, %end
  %after = select i1 %fits, i64 %full, i64 %end
  br label %next_epoch
next_epoch:
  %epoch = phi i64 [ 0, %next_block ], [ %epoch_next, %epoch_over ]
  %steps = add i64 %batches, %tail
  %before = mul i64 %epoch, %steps
  %begin = add i64 %first, %before
  %rest = add i64 %begin, %batches
  %trains = icmp sgt i64 %batches, 0
  br i1 %trains, label %train, label %finish
train:
  call void @forget(ptr %p_wrong_in_epoch, i64 %block, i64 %after)
  {run_step}
  %found = call i64 @first_found(ptr %p_wrong_in_epoch, i64 %block, i64 %after)
  %fine = icmp slt i64 %found, 0
  br i1 %fine, label %finish, label %broken
finish:
  %has_tail = icmp sgt i64 %tail, 0
  br i1 %has_tail, label %train_tail, label %evaluate
train_tail:
  call void @forget(ptr %p_wrong_in_epoch, i64 %block, i64 %after)
  {run_tail}
  %found_tail = call i64 @first_found(ptr %p_wrong_in_epoch, i64 %block, i64 %after)
  %fine_tail = icmp slt i64 %found_tail, 0
  br i1 %fine_tail, label %evaluate, label %broken
broken:
  %which = phi i64 [ %found, %train ], [ %found_tail, %train_tail ]
  %wrong_place = getelementptr i64, ptr %p_wrong, i64 %which
  store i64 %epoch, ptr %wrong_place, align 8
  br label %block_over
evaluate:
  {run_eval}
  %number_of_epoch = mul i64 %epoch, %numbers_of_epoch
  br label %next_lane
next_lane:
  %now = phi i64 [ %block, %evaluate ], [ %now_next, %lane_over ]
  %of_lane = mul i64 %now, %values_of_lane
  %losses = getelementptr double, ptr %p_values, i64 %of_lane
  %scores = getelementptr double, ptr %losses, i64 %values_of_kind
  %penalty_place = getelementptr float, ptr %p_penalties, i64 %now
  %row_start = mul i64 %now, %rows_of_lane
  %row = getelementptr float, ptr %p_rows, i64 %row_start
  %best_start = mul i64 %now, %size
  %best_row = getelementptr float, ptr %p_best_rows, i64 %best_start
  %best_loss_place = getelementptr double, ptr %p_best_loss, i64 %now
  %best_epoch_place = getelementptr i64, ptr %p_best_epoch, i64 %now
  %number_of_lane = mul i64 %now, {numbers}
  %number_start = add i64 %number_of_epoch, %number_of_lane
  %numbers_place = getelementptr double, ptr %p_numbers, i64 %number_start
  %unit = load double, ptr %p_units, align 8
{means}
{penalties}
  %best = load double, ptr %best_loss_place, align 8
  %lower = fcmp olt double %loss1_scaled, %best
  %nothing = fsub double %loss0_scaled, %loss0_scaled
  %finite = fcmp oeq double %nothing, %nothing
  %better = and i1 %lower, %finite
  br i1 %better, label %keep, label %lane_over
keep:
  store double %loss1_scaled, ptr %best_loss_place, align 8
  store i64 %epoch, ptr %best_epoch_place, align 8
  br label %copy
copy:
  %element = phi i64 [ 0, %keep ], [ %element_next, %copy ]
  %from = getelementptr float, ptr %row, i64 %element
  %to = getelementptr float, ptr %best_row, i64 %element
  %parameter = load float, ptr %from, align 4
  store float %parameter, ptr %to, align 4
  %element_next = add i64 %element, 1
  %copied = icmp slt i64 %element_next, %size
  br i1 %copied, label %copy, label %lane_over
lane_over:
  %now_next = add i64 %now, 1
  %another = icmp slt i64 %now_next, %after
  br i1 %another, label %next_lane, label %epoch_over
epoch_over:
  %epoch_next = add i64 %epoch, 1
  %again = icmp slt i64 %epoch_next, %epochs
  br i1 %again, label %next_epoch, label %block_over
block_over:
  %more_lanes = icmp slt i64 %after, %end
  br i1 %more_lanes, label %next_block, label %done
done:
  ret void
}}
"""
_ADDRESSES = {
    "values", "penalties", "units", "numbers", "best_loss", "best_epoch", "best_rows", "rows", "wrong",
    "wrong_in_epoch",
}  # fmt: skip
"""The fields that are addresses, besides those of the two programs."""
_PENALTIES = (3, 7, 8)
"""The columns of the penalty and of its parts."""
_NUMBERS = 9
"""Columns of an epoch's numbers."""


def _call(which: str, first: str, steps: str, look: str) -> str:
    """A call of a program's ``run`` for one lane (see ``Module``)."""
    table = f"ptr %p_bases_{which}, ptr %p_lanes_{which}, ptr %p_steps_{which}, i64 %count_{which}"
    memory = f"ptr %p_scalars_{which}, ptr %p_scratch_{which}"
    turns = f"i64 %block, i64 %after, i64 {first}, i64 {steps}, i64 {look}, ptr %p_wrong_in_epoch"
    return f"call void %p_run_{which}({table}, {memory}, {turns})"


def _text() -> str:
    fields = []
    for slot, name in enumerate(PLAN):
        fields.append(f"  %a_{name} = getelementptr i64, ptr %plan, i64 {slot}")
        if name in _ADDRESSES or name.startswith(
            ("run_", "bases_", "lanes_", "steps_", "scalars_", "scratch_")
        ):
            fields.append(f"  %p_{name} = load ptr, ptr %a_{name}, align 8")
        else:
            fields.append(f"  %{name} = load i64, ptr %a_{name}, align 8")
    means = []
    for split in range(3):
        means += [
            f"  %loss{split} = call double @mean(ptr %losses, i64 %start{split}, i64 %end{split})",
            f"  %loss{split}_scaled = fmul double %loss{split}, %unit",
            f"  %loss{split}_out = getelementptr double, ptr %numbers_place, i64 {split}",
            f"  store double %loss{split}_scaled, ptr %loss{split}_out, align 8",
            f"  %score{split} = call double @mean(ptr %scores, i64 %start{split}, i64 %end{split})",
            f"  %score{split}_out = getelementptr double, ptr %numbers_place, i64 {4 + split}",
            f"  store double %score{split}, ptr %score{split}_out, align 8",
        ]
    penalties = []
    for part, column in enumerate(_PENALTIES):
        penalties += [
            f"  %part{part}_start = mul i64 %penalties_of_part, {part}",
            f"  %part{part}_place = getelementptr float, ptr %penalty_place, i64 %part{part}_start",
            f"  %part{part}_single = load float, ptr %part{part}_place, align 4",
            f"  %part{part} = fpext float %part{part}_single to double",
            f"  %part{part}_scaled = fmul double %part{part}, %unit",
            f"  %part{part}_out = getelementptr double, ptr %numbers_place, i64 {column}",
            f"  store double %part{part}_scaled, ptr %part{part}_out, align 8",
        ]
    return (
        _MEAN
        + _WRONG
        + _EPOCHS.format(
            numbers=_NUMBERS,
            penalties="\n".join(penalties),
            fields="\n".join(fields),
            means="\n".join(means),
            run_step=_call("step", "%begin", "%batches", "%look"),
            run_tail=_call("tail", "%rest", "%tail", "%look_tail"),
            run_eval=_call("eval", "0", "%blocks", "-1"),
        )
    )


@cache
def driver() -> Native:
    """The native function."""
    return Native([object_code_of(_text())], "epochs", ctypes.CFUNCTYPE(None, c_void_p))
