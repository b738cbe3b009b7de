from kitsdesk.controllers.touring import TourController
from kitsdesk.guide.tour_steps import MOVED, STEPS
from kitsdesk.ui.actions.action_ids import ActionId


class Card:
    def __init__(self):
        self.shown, self.closed = [], 0

    def show_step(self, step, number, total):
        self.shown.append((step.title, number, total))

    def close_tour(self):
        self.closed += 1


def touring():
    card = Card()
    tour = TourController(card)
    ends = []
    tour.ended.connect(ends.append)
    return tour, card, ends


def test_ten_steps_to_the_end_and_again():
    tour, card, ends = touring()
    for _round in range(2):
        tour.start()
        for _step in STEPS:
            tour.next()
    assert len(STEPS) == 10
    assert [number for _title, number, _total in card.shown] == [*range(1, 11)] * 2
    assert ends == [True, True]
    assert tour.step is None


def test_back_and_leave():
    tour, card, ends = touring()
    tour.start()
    tour.back()
    tour.next()
    tour.back()
    assert [number for _title, number, _total in card.shown] == [1, 2, 1]
    tour.leave()
    tour.leave()
    assert ends == [False]
    assert card.closed == 1


def test_doing_what_a_step_says_leads_on_and_nothing_else_does():
    tour, _card, ends = touring()
    tour.happened(MOVED)
    tour.start()
    tour.happened(MOVED)
    assert tour.step == STEPS[0]
    tour.next()
    tour.happened("review.next_disagreement")
    assert tour.step == STEPS[1]
    tour.happened(MOVED)
    assert tour.step == STEPS[2]
    while tour.step != STEPS[-1]:
        tour.next()
    tour.happened("help.command_palette")
    assert tour.step == STEPS[-1]
    assert ends == []


def test_what_steps_wait_for_are_actions_of_the_program():
    known = {action.value for action in ActionId} | {MOVED}
    assert {what for step in STEPS for what in step.done} <= known
